"""What the meta of many documents has in it, for Haystack's questions about metadata.

A field may be named with or without `meta.` before it. None counts as absent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

MetaDict = dict[str, Any]

TYPE_NAMES: Final = {str: "keyword", bool: "boolean", int: "int", float: "float", list: "list", dict: "object"}


def unique_counts(metas: Sequence[MetaDict], fields: Sequence[str]) -> dict[str, int]:
    """How many distinct values each field has, keyed by the field without `meta.`."""
    return {_key(name): len(_distinct(metas, name)) for name in fields}


def field_types(metas: Iterable[MetaDict]) -> dict[str, dict[str, str]]:
    """`{field: {"type": name}}`; `mixed` where documents differ, but int and float together are float."""
    seen: dict[str, set[str]] = {}
    for meta in metas:
        for key, value in meta.items():
            if value is not None:
                seen.setdefault(key, set()).add(TYPE_NAMES[type(value)])
    return {key: {"type": _common(names)} for key, names in sorted(seen.items())}


def least_and_greatest(metas: Sequence[MetaDict], name: str) -> dict[str, Any]:
    """`{"min": ..., "max": ...}` of the numbers, or else of the strings, of a field; None where there is neither."""
    values = list(_distinct(metas, name).values())
    numbers = [value for value in values if isinstance(value, int | float)]
    comparable: list[Any] = numbers or [value for value in values if isinstance(value, str)]
    return {"min": min(comparable, default=None), "max": max(comparable, default=None)}


def distinct_values(
    metas: Sequence[MetaDict], name: str, search_term: str | None, start: int, size: int | None
) -> tuple[list[Any], int]:
    """A page of the distinct values in the order of their text, and how many there are in all.

    search_term: only values whose text contains it, in any case. 1, 1.0, "1" and true are four values.
    """
    sought = (search_term or "").casefold()
    found = [item for item in _distinct(metas, name).items() if sought in str(item[1]).casefold()]
    values = [value for _, value in sorted(found, key=lambda item: (str(item[1]), item[0]))]
    return values[start : None if size is None else start + size], len(values)


def _key(name: str) -> str:
    return name.removeprefix("meta.")


def _distinct(metas: Sequence[MetaDict], name: str) -> dict[str, Any]:
    """Values by their JSON text, which tells types apart that Python calls equal."""
    values = (meta.get(_key(name)) for meta in metas)
    return {json.dumps(value, sort_keys=True): value for value in values if value is not None}


def _common(names: set[str]) -> str:
    if names == {"int", "float"}:
        return "float"
    return names.pop() if len(names) == 1 else "mixed"
