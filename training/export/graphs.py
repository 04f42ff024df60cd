"""Weights in PyTorch become an fp32 ONNX graph, as `citebot models add` makes it.

Inputs input_ids, attention_mask, token_type_ids: int64, (batch, sequence), both free.
Outputs: `embedding`, float32, (batch, 384), unit length; or `start_logits`, `end_logits`, (batch, sequence).
"""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoModelForQuestionAnswering

from bot.readers.adding.graph import INPUTS, exported, reader_graph


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


def embedder(folder: Path) -> onnx.ModelProto:
    """The graph of a sentence-transformers folder that pools by the mean."""
    encoder = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    return exported(MeanPooled(encoder), INPUTS, ("embedding",))


def reader(folder: Path) -> onnx.ModelProto:
    """The graph of an AutoModelForQuestionAnswering folder, whatever precision it was saved in."""
    answering = AutoModelForQuestionAnswering.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    return reader_graph(answering, takes_segments=True)
