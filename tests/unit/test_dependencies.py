"""pyproject.toml names what is imported, and nothing else; the lock has a version of each that it allows."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("bot", "index", "prompts", "models")
NOT_INSTALLED = {"torch": "torch", "onnx": "onnx", "haystack_integrations": "transformers-haystack"}
"""Modules of the extras, each with what brings it."""
UNIMPORTED = {
    "lxml-html-clean": "trafilatura cleans pages with it",
    "cryptography": "pypdf opens encrypted files with it",
    "safetensors": "transformers reads weights with it",
    "gguf": "transformers reads GGUF files with it",
    "accelerate": "transformers loads GGUF files with it",
    "onnxscript": "torch exports with it",
    "citebot": "one extra takes in another",
}
PROJECT: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))


def imported(source: str) -> set[str]:
    """The first names of all modules that a source imports absolutely, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def distributions() -> dict[str, str]:
    """Each third-party module that is imported, with the distribution that brings it."""
    files = [path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py")]
    modules = set().union(*(imported(path.read_text(encoding="utf-8")) for path in files))
    bring = packages_distributions()
    others = modules - set(sys.stdlib_module_names) - set(PACKAGES)
    return {module: canonicalize_name(NOT_INSTALLED.get(module) or bring[module][0]) for module in others}


def named(*, extras: bool) -> dict[str, Requirement]:
    """What the project requires."""
    listed = list(PROJECT["project"]["dependencies"])
    if extras:
        listed += [one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra]
    return {canonicalize_name(one.name): one for one in map(Requirement, listed)}


def test_what_is_imported_is_named() -> None:
    found = distributions()
    assert {"haystack", "faiss", "torch", "yaml"} <= found.keys()
    installed = {name for module, name in found.items() if module not in NOT_INSTALLED} - {"pytest"}
    assert installed - named(extras=False).keys() == set()
    assert {canonicalize_name(name) for name in NOT_INSTALLED.values()} - named(extras=True).keys() == set()


def test_what_is_named_is_imported_or_has_a_reason() -> None:
    assert named(extras=True).keys() - set(distributions().values()) == UNIMPORTED.keys()


def test_pytest_is_imported_by_its_plugin_alone() -> None:
    files = [path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py")]
    assert [path.name for path in files if "pytest" in imported(path.read_text(encoding="utf-8"))] == [
        "pytest_plugin.py"
    ]


@pytest.mark.parametrize("name", named(extras=False))
def test_the_locked_version_is_one_that_is_allowed(name: str) -> None:
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    versions = {canonicalize_name(found[1]): found[2] for found in re.finditer(r"(?m)^([\w.-]+)==(\S+)", lock)}
    assert named(extras=False)[name].specifier.contains(versions[name])


def test_no_lock_names_a_place() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        assert not re.search(r"://|--(?:index|extra-index|find-links)", (REPOSITORY / lock).read_text(encoding="utf-8"))
