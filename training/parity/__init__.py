"""What int8 costs: the models in the box against the same weights in fp32."""
