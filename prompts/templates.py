"""The templates for chat models: found, checked, rendered. A folder of the user's may hold others in their place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from jinja2 import Template

ENDING: Final = ".md.j2"
BLOCKS: Final = ("system", "user")
"""What a template says to the model in either role."""

_EXAMPLE: Final = re.compile(r"(user|assistant)_([1-9])")
"""An earlier exchange to follow, made up: the blocks `user_1` and `assistant_1`, `user_2` and so on; may be absent."""

VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    "answer": frozenset({"question", "passages", "fence"}),
    "standalone": frozenset({"question", "turns"}),
}
"""The templates there are, and what each is given; each must use all of it."""

OWN: Final = Path(__file__).parent


class TemplateError(Exception):
    """A template cannot be used; the message says which, where and why."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a chat model."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One template. fingerprint: of its source, 12 hexadecimal digits."""

    name: str
    fingerprint: str
    template: Template

    def render(self, **values: object) -> tuple[Message, ...]:
        """The system's message, those of the examples, the user's. Raises TemplateError that names all missing."""
        missing = sorted(VARIABLES[self.name] - values.keys())
        unknown = sorted(values.keys() - VARIABLES[self.name])
        if missing or unknown:
            raise TemplateError(f"{self.name}{ENDING} lacks {missing} and does not take {unknown}")
        examples = [
            Message(role, self._block(f"{role}_{number}", values))
            for number in _examples(self.template.blocks)
            for role in _EXCHANGE
        ]
        system, user = (self._block(block, values) for block in BLOCKS)
        return Message("system", system), *examples, Message("user", user)

    def _block(self, name: str, values: Mapping[str, object]) -> str:
        from jinja2 import TemplateError as Broken

        try:
            return "".join(self.template.blocks[name](self.template.new_context(dict(values)))).strip()
        except (Broken, TypeError, ArithmeticError, LookupError) as error:
            raise TemplateError(f"{self.name}{ENDING}, block {name}: {error}") from error


_EXCHANGE: Final[tuple[Literal["user", "assistant"], ...]] = ("user", "assistant")


def _examples(blocks: Iterable[str]) -> list[str]:
    """The numbers of the examples, in order."""
    return sorted({found[2] for block in blocks if (found := _EXAMPLE.fullmatch(block))})


def prompt(name: str, folder: Path | None = None) -> Prompt:
    """A template by name, the folder's where it holds one. Raises TemplateError."""
    path = OWN / f"{name}{ENDING}"
    if folder is not None:
        check_folder(folder)
        own = folder / path.name
        path = own if own.exists() else path
    return _compiled(name, path)


def check_folder(folder: Path) -> None:
    """Raises TemplateError for a folder that is none or that holds a template nobody asks for."""
    try:
        files = sorted(path.name for path in folder.iterdir() if path.name.endswith(".j2"))
    except OSError as error:
        raise TemplateError(f"the prompts folder {folder} cannot be read: {error.strerror}") from error
    known = [f"{name}{ENDING}" for name in VARIABLES]
    unknown = [name for name in files if name not in known]
    if unknown:
        raise TemplateError(f"{folder / unknown[0]} is no template that is used; known: {', '.join(known)}")


def _compiled(name: str, path: Path) -> Prompt:
    from jinja2 import StrictUndefined, TemplateSyntaxError, meta
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    try:
        source = path.read_text(encoding="utf-8")
        used = meta.find_undeclared_variables(environment.parse(source))
        template = environment.from_string(source)
    except TemplateSyntaxError as error:
        raise TemplateError(f"{path}, line {error.lineno}: {error.message}") from error
    except OSError as error:
        raise TemplateError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TemplateError(f"{path} is not UTF-8 (byte {error.start})") from error
    _check(name, path, used, template)
    return Prompt(name, hashlib.sha256(source.encode()).hexdigest()[:12], template)


def _check(name: str, path: Path, used: set[str], template: Template) -> None:
    wanted = VARIABLES[name]
    problems = [f"does not use {', '.join(sorted(wanted - used))}"] if wanted - used else []
    if used - wanted:
        problems.append(f"uses {', '.join(sorted(used - wanted))}, which it is not given")
    known = [*BLOCKS, *(f"{role}_{number}" for number in _examples(template.blocks) for role in _EXCHANGE)]
    lacking = [block for block in known if block not in template.blocks]
    unknown = [block for block in template.blocks if block not in known]
    if lacking:
        problems.append(f"has no block {', '.join(lacking)}")
    if unknown:
        problems.append(f"has a block that is not used: {', '.join(unknown)}")
    if problems:
        raise TemplateError(f"{path} {'; '.join(problems)}")
