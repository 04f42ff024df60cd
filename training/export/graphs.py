"""Weights in PyTorch become an fp32 ONNX graph.

Inputs input_ids, attention_mask, token_type_ids: int64, (batch, sequence), both free.
Outputs: `embedding`, float32, (batch, 384), unit length; or `start_logits`, `end_logits`, (batch, sequence).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoModelForQuestionAnswering

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OPSET = 18


class MeanPooled(nn.Module):
    """The mean over a text's tokens at unit length, as the published model pools (modules.json of its folder)."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """(batch, sequence) to (batch, dimension)."""
        tokens = self.encoder(input_ids, attention_mask, token_type_ids).last_hidden_state
        kept = attention_mask.unsqueeze(-1).to(tokens.dtype)
        return nn.functional.normalize((tokens * kept).sum(1) / kept.sum(1), dim=1)


class Spans(nn.Module):
    """The start and the end logits of a question-answering model."""

    def __init__(self, answering: nn.Module) -> None:
        super().__init__()
        self.answering = answering

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, sequence) to twice (batch, sequence)."""
        output = self.answering(input_ids, attention_mask, token_type_ids)
        return output.start_logits, output.end_logits


def embedder(folder: Path) -> onnx.ModelProto:
    """The graph of a sentence-transformers folder that pools by the mean."""
    encoder = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    return _exported(MeanPooled(encoder), ("embedding",))


def reader(folder: Path) -> onnx.ModelProto:
    """The graph of an AutoModelForQuestionAnswering folder, whatever precision it was saved in."""
    answering = AutoModelForQuestionAnswering.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    return _exported(Spans(answering), ("start_logits", "end_logits"))


def _exported(module: nn.Module, outputs: Sequence[str]) -> onnx.ModelProto:
    module.eval()
    ids = torch.arange(1000, 1018).reshape(2, 9)
    free = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence")}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.onnx"
        torch.onnx.export(
            module,
            (ids, torch.ones_like(ids), torch.zeros_like(ids)),
            path,
            dynamo=True,
            input_names=INPUTS,
            output_names=[f"result_{name}" for name in outputs],
            dynamic_shapes=(free,) * len(INPUTS),
            opset_version=OPSET,
            external_data=False,
        )
        model = onnx.load(path)
    _name_outputs(model, outputs)
    onnx.checker.check_model(model, full_check=True)
    return model


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
