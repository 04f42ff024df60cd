"""fp32 ONNX becomes dynamic int8, per channel, with reduced range.

reduce_range keeps weights to 7 bits: without VNNI the products of two 8-bit factors saturate, and a score then
depends on the processor. The last layer of a reader stays fp32: it is few weights, and its output is the margin.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

from bot.readers.adding.outliers import tamed
from bot.readers.adding.quiet import quiet
from bot.readers.layout import Input

SMALLEST = 10_000
"""Layers with fewer weights stay fp32."""


def to_int8(model: onnx.ModelProto, path: Path, inputs: Iterable[Input] = ()) -> None:
    """Write the int8 form of an fp32 model. Multiplications with fixed weights and the word embeddings are int8.

    inputs: on which the model's outliers are seen; without any, nothing is done about them.
    """
    with quiet():
        quantize_dynamic(
            tamed(model, inputs),
            path,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_small_layers(model.graph),
        )


def _small_layers(graph: onnx.GraphProto) -> list[str]:
    sizes = {tensor.name: _weights(tensor) for tensor in graph.initializer}
    return [node.name for node in graph.node if any(sizes.get(name, SMALLEST) < SMALLEST for name in node.input)]


def _weights(tensor: onnx.TensorProto) -> int:
    product = 1
    for size in tensor.dims:
        product *= size
    return product
