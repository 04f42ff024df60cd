"""The chat model that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.generation.chat import ChatModel
from bot.generation.local import LocalModel, Sampling, check_installed
from bot.generation.rewriting import Rewriter
from bot.generation.servers import Server, host_outside
from bot.generation.streaming import Deadlines
from bot.generation.writing import Writer
from index.errors import UsageError
from prompts.templates import Prompt, TemplateError, prompt

if TYPE_CHECKING:
    from bot.settings import GeneratorSettings

_told: set[str] = set()
"""The hosts outside that were told of."""


def open_writer(settings: GeneratorSettings, note: Callable[[str], None]) -> Writer:
    """What words answers. note: told, once a process, that questions leave this machine.

    Raises UsageError for a prompt that cannot be used, ModelError for what is not installed.
    """
    found = template("answer", settings)
    model = open_model(settings, note)
    return Writer(model, found, deadlines(settings), settings.context_tokens, settings.max_tokens)


def open_rewriter(settings: GeneratorSettings, model: ChatModel) -> Rewriter | None:
    """What makes follow-ups whole, with the writer's model; None where the settings leave it to the rules.

    Raises UsageError for a prompt that cannot be used.
    """
    return Rewriter(model, template("standalone", settings), deadlines(settings)) if settings.rewrite else None


def open_model(settings: GeneratorSettings, note: Callable[[str], None]) -> ChatModel:
    """The chat model, not loaded yet. settings: with a kind that is not none. Raises ModelError."""
    assert settings.model is not None
    if settings.kind == "transformers":
        check_installed(gguf=settings.gguf_file is not None)
        sampling = Sampling(settings.max_tokens, settings.temperature, settings.seed)
        return LocalModel(settings.model, settings.gguf_file, sampling)
    _tell_where(settings.address, note)
    return Server(
        kind=settings.kind.value,
        base_url=settings.address,
        model=settings.model,
        key=settings.key.get_secret_value() if settings.key is not None else None,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        seed=settings.seed,
        silence_seconds=settings.timeout_seconds,
    )


def template(name: str, settings: GeneratorSettings) -> Prompt:
    """A prompt, the user's where there is one. Raises UsageError."""
    try:
        return prompt(name, settings.prompts)
    except TemplateError as error:
        raise UsageError(f"generator.prompts: {error}") from error


def deadlines(settings: GeneratorSettings) -> Deadlines:
    """How long a reply may take."""
    return Deadlines(settings.timeout_seconds, settings.whole_seconds)


def _tell_where(address: str, note: Callable[[str], None]) -> None:
    host = host_outside(address)
    if host is not None and host not in _told:
        _told.add(host)
        note(f"questions and passages of the articles leave this machine for {host} (generator.base_url)")
