"""From published or trained weights to a model folder: fp32 ONNX, int8 ONNX, tokenizer, card."""
