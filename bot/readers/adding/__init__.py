"""`citebot models add`: a question-answering model of torch becomes an ONNX model folder, once."""
