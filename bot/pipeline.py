"""A question's way as a Haystack pipeline: hybrid retrieval, then the reader.

A component can be swapped, drawn, traced and served with Haystack's own tools.
"""

from __future__ import annotations

from typing import Any, Protocol

from haystack import Document, Pipeline

from bot.types import Candidate


class Reader(Protocol):
    """Question and hits in, candidate spans out; a Haystack component."""

    @property
    def identity(self) -> str: ...

    def warm_up(self) -> None: ...

    def run(self, question: str, documents: list[Document]) -> dict[str, list[Candidate]]: ...

    def close(self) -> None: ...


class QuestionPath(Protocol):
    """A question's way as the assistant takes it: QuestionPipeline, or what stands before one."""

    @property
    def reader(self) -> Reader: ...

    @property
    def pipeline(self) -> Pipeline: ...

    def warm_up(self) -> None: ...

    def close(self) -> None: ...

    def run(self, question: str, filters: dict[str, Any] | None) -> tuple[list[Document], list[Candidate]]: ...


class QuestionPipeline:
    """Retriever and reader, joined. Both stay reachable for what a pipeline does not do."""

    def __init__(self, retriever: Any, reader: Reader) -> None:
        self.reader = reader
        self.pipeline = Pipeline()
        self.pipeline.add_component("retriever", retriever)
        self.pipeline.add_component("reader", reader)
        self.pipeline.connect("retriever.documents", "reader.documents")

    def warm_up(self) -> None:
        """Load the models of every component that has any."""
        self.pipeline.warm_up()

    def close(self) -> None:
        """Let the reader's threads go."""
        self.reader.close()

    def run(self, question: str, filters: dict[str, Any] | None) -> tuple[list[Document], list[Candidate]]:
        """The hits, best first, and the candidates marked in them, best margin first."""
        inputs = {"retriever": {"question": question, "filters": filters}, "reader": {"question": question}}
        outputs = self.pipeline.run(inputs, include_outputs_from={"retriever"})
        return outputs["retriever"]["documents"], outputs["reader"]["candidates"]
