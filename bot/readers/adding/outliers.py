"""A few channels of a transformer's activations are many times as large as the rest, and int8 has one scale for all.

They are made smaller, and the weights that they meet as much larger: the same function in exact numbers, and less is
lost in int8 (after Xiao et al. 2023, SmoothQuant; there all channels are scaled, which lost more here).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from bot.readers.layout import Input

OUTLIERS = 8
"""Channels that may stand out of an activation. The largest of the others sets the scale."""

LEAST_GAIN = 1.2
"""What the largest channel must exceed that by, for a scaling to be worth its run time."""

Peaks = dict[str, NDArray[np.float32]]


def tamed(model: onnx.ModelProto, inputs: Iterable[Input]) -> onnx.ModelProto:
    """A copy whose multiplications with fixed weights get activations without outliers."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    weights = {tensor.name: tensor for tensor in copy.graph.initializer}
    users = _users(copy.graph, weights)
    for name, peaks in _peaks(model, list(users), inputs).items():
        usual = np.sort(peaks)[::-1][min(OUTLIERS, len(peaks) - 1)]
        scale = np.maximum(1.0, peaks / max(float(usual), 1e-6)).astype(np.float32)
        if scale.max() >= LEAST_GAIN:
            _scale(copy.graph, name, scale, users[name], weights)
    return copy


def _users(graph: onnx.GraphProto, weights: dict[str, onnx.TensorProto]) -> dict[str, list[onnx.NodeProto]]:
    """By activation, the multiplications of it with fixed weights that nothing else uses."""
    uses = [name for node in graph.node for name in node.input]
    found: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights and uses.count(node.input[1]) == 1:
            found.setdefault(node.input[0], []).append(node)
    return found


def _peaks(model: onnx.ModelProto, names: list[str], inputs: Iterable[Input]) -> Peaks:
    """The largest absolute value of each channel of these activations, float32, shape (channels,)."""
    import onnxruntime

    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    shown.graph.output.extend(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names)
    session = onnxruntime.InferenceSession(shown.SerializeToString(), providers=["CPUExecutionProvider"])
    takes = {entry.name for entry in session.get_inputs()}
    peaks: Peaks = {}
    for one in inputs:
        rows = {"input_ids": one.ids, "attention_mask": np.ones_like(one.ids), "token_type_ids": one.segments}
        found = session.run(names, {name: row for name, row in rows.items() if name in takes})
        for name, values in zip(names, found, strict=True):
            here = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
            peaks[name] = np.maximum(peaks[name], here) if name in peaks else here
    return peaks


def _scale(
    graph: onnx.GraphProto,
    name: str,
    scale: NDArray[np.float32],
    users: list[onnx.NodeProto],
    weights: dict[str, onnx.TensorProto],
) -> None:
    """Divide an activation by scale, shape (channels,), and multiply the rows of the weights it meets."""
    divisor, tamed_name = f"{name}_outliers", f"{name}_tamed"
    graph.initializer.append(numpy_helper.from_array(1 / scale, divisor))
    first = min(index for index, node in enumerate(graph.node) if node in users)
    graph.node.insert(first, helper.make_node("Mul", [name, divisor], [tamed_name], name=tamed_name))
    for node in users:
        tensor = weights[node.input[1]]
        larger = numpy_helper.to_array(tensor) * scale[:, None]
        tensor.CopyFrom(numpy_helper.from_array(larger.astype(np.float32), tensor.name))
        node.input[0] = tamed_name
