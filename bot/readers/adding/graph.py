"""A question-answering model of torch as an fp32 ONNX graph.

Inputs input_ids, attention_mask and, for models that have segments, token_type_ids: int64, (batch, sequence), both
free. Outputs start_logits, end_logits: float32, (batch, sequence).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import onnx
import torch
from torch import Tensor, nn

from bot.readers.adding.quiet import quiet

INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS: Final = ("start_logits", "end_logits")
OPSET: Final = 18


class Spans(nn.Module):
    """The start and the end logits of a question-answering model."""

    def __init__(self, answering: nn.Module) -> None:
        super().__init__()
        self.answering = answering

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(batch, sequence) to twice (batch, sequence)."""
        segments = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        output = self.answering(input_ids=input_ids, attention_mask=attention_mask, **segments)
        return output.start_logits, output.end_logits


def reader_graph(answering: Any, *, takes_segments: bool) -> onnx.ModelProto:
    """The graph of a loaded AutoModelForQuestionAnswering."""
    return exported(Spans(answering), INPUTS if takes_segments else INPUTS[:2], OUTPUTS)


def exported(module: nn.Module, inputs: Sequence[str], outputs: Sequence[str]) -> onnx.ModelProto:
    """The graph of a module whose arguments are some of INPUTS, in their order."""
    module.eval()
    ids = torch.arange(18).reshape(2, 9) + 20
    arguments = (ids, torch.ones_like(ids), torch.zeros_like(ids))[: len(inputs)]
    free = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence")}
    with tempfile.TemporaryDirectory() as scratch, quiet():
        path = Path(scratch) / "model.onnx"
        torch.onnx.export(
            module,
            arguments,
            path,
            dynamo=True,
            verbose=False,
            input_names=list(inputs),
            output_names=[f"result_{name}" for name in outputs],
            dynamic_shapes=(free,) * len(inputs),
            opset_version=OPSET,
            external_data=False,
        )
        model = onnx.load(path)
    _strip(model)
    _name_outputs(model, outputs)
    onnx.checker.check_model(model, full_check=True)
    return model


def _strip(model: onnx.ModelProto) -> None:
    """Without what the exporter notes for its developers: stack traces with the paths of whoever exported."""
    del model.metadata_props[:]
    for part in (model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer, *model.functions):
        del part.metadata_props[:]
    for value in (*model.graph.input, *model.graph.output):
        del value.metadata_props[:]


def _name_outputs(model: onnx.ModelProto, outputs: Sequence[str]) -> None:
    """Outputs under their names. The exporter already calls inner values so, after the operators they come from."""
    for name in outputs:
        _rename(model.graph, name, f"inner_{name}")
        _rename(model.graph, f"result_{name}", name)


def _rename(graph: onnx.GraphProto, old: str, new: str) -> None:
    for node in graph.node:
        for names in (node.input, node.output):
            for place, name in enumerate(names):
                if name == old:
                    names[place] = new
    for value in (*graph.value_info, *graph.output):
        if value.name == old:
            value.name = new
