"""The living picture: what the documents name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PATH = re.compile(r"`?\b((?:bot|index|models|prompts|training|benchmarks|tests|docs)/[\w./-]*)")


@pytest.mark.parametrize("document", ["docs/architecture.md", "README.md"])
def test_every_path_that_is_named_exists(document: str) -> None:
    named = {path.rstrip("./") for path in PATH.findall((REPOSITORY / document).read_text(encoding="utf-8"))}
    assert named
    assert {path for path in named if not (REPOSITORY / path).exists()} == set()


def test_every_file_of_the_two_sides_is_named() -> None:
    text = (REPOSITORY / "docs/architecture.md").read_text(encoding="utf-8")
    files = [path for side in ("bot", "index") for path in (REPOSITORY / side).glob("*.py")]
    names = {path.relative_to(REPOSITORY).as_posix() for path in files if path.name != "__init__.py"}
    assert {name for name in names if name not in text} == set()
