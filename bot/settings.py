"""The settings: `citebot.toml`, then the environment, then flags, each overriding the one before.

Relative folders are under the working directory, wherever they were set.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.failures import DEBUG_VARIABLE
from bot.settings_errors import PREFIX, TOKEN_VARIABLE, Sources, keys, near, told
from index.cores import usable_cores
from index.errors import UsageError

DEFAULT_CONFIG = Path("citebot.toml")


def _folder(value: object) -> object:
    """A folder as given, `~` spelled out. Raises ValueError for an empty name, which would mean `.`."""
    if isinstance(value, str) and not value.strip():
        raise ValueError("must name a folder")
    return Path(value).expanduser() if isinstance(value, str | Path) else value


Folder = Annotated[Path, BeforeValidator(_folder)]


class LogLevel(StrEnum):
    """What is logged to stderr, and everything more severe."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RetrievalSettings(_Section):
    """top_k: how many passages the reader reads for a question."""

    top_k: int = Field(default=8, ge=1, le=100)


class ReaderSettings(_Section):
    """model: `box`, an added model, a folder, or a model of the hub in the local cache; docs/models.md tells more.
    threads: passages read side by side. threshold: the confidence an answer needs; None for the fitted one.
    """

    model: str = Field(default="box", min_length=1)
    threads: int = Field(default_factory=usable_cores, ge=1, le=256)
    threshold: float | None = Field(default=None, ge=0, le=1)


class ModelsSettings(_Section):
    """folder: of the models that were added; None for one in the platform's state folder."""

    folder: Folder | None = None


class ConversationSettings(_Section):
    """folder: of the conversations; None for the platform's state folder. retention_days: older turns are deleted."""

    folder: Folder | None = None
    retention_days: int = Field(default=30, ge=0, le=36_500)


class GeneratorKind(StrEnum):
    """Where a chat model that words the answers runs; NONE leaves them to the extractive reader."""

    NONE = "none"
    TRANSFORMERS = "transformers"
    OLLAMA = "ollama"
    OPENAI = "openai"


LOCAL_SERVERS = {GeneratorKind.OLLAMA: "http://127.0.0.1:11434/v1", GeneratorKind.OPENAI: "http://127.0.0.1:8080/v1"}
"""Where a server listens when the settings do not say."""


class GeneratorSettings(_Section):
    """A chat model that words the answers; docs/generation.md tells more.

    model: as the server names it; for transformers a folder or a model of the hub in the local cache. gguf_file: in it.
    base_url: of the server; None for its usual one on this machine. key: only as CITEBOT_GENERATOR__KEY.
    timeout_seconds: until the first word, and between two. whole_seconds: of a reply. max_tokens: of a reply.
    context_tokens: prompt and reply together. prompts: a folder with templates in place of those in the box.
    rewrite: have the model make follow-ups whole; what it adds is checked, and the rules do it where it fails.
    """

    kind: GeneratorKind = GeneratorKind.NONE
    model: str | None = Field(default=None, min_length=1)
    gguf_file: str | None = Field(default=None, min_length=1)
    base_url: str | None = None
    key: SecretStr | None = None
    timeout_seconds: float = Field(default=30, gt=0, le=3_600)
    whole_seconds: float = Field(default=120, gt=0, le=86_400)
    max_tokens: int = Field(default=256, ge=16, le=8_192)
    temperature: float = Field(default=0, ge=0, le=2)
    seed: int = Field(default=0, ge=0)
    context_tokens: int = Field(default=2_048, ge=1_024, le=1_000_000)
    prompts: Folder | None = None
    rewrite: bool = False

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", value):
            raise ValueError(
                "must be an http(s) address without a user and a password, such as http://127.0.0.1:8080/v1"
            )
        return value.rstrip("/") if value else value

    @field_validator("key")
    @classmethod
    def _can_be_sent(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value().strip() if value is not None else ""
        if value is not None and not re.fullmatch(r"[!-~]+", key):  # else the refusal of what sends it would show it
            raise ValueError("must be one word of ASCII letters, digits and signs")
        return SecretStr(key) if value is not None else None

    @model_validator(mode="after")
    def _is_whole(self) -> GeneratorSettings:
        if self.kind is not GeneratorKind.NONE and self.model is None:
            raise ValueError(f"kind = {self.kind} needs a model: set generator.model")
        if self.kind is GeneratorKind.NONE and self.rewrite:
            raise ValueError("rewrite = true needs a chat model: set generator.kind")
        if self.max_tokens * 2 > self.context_tokens:
            raise ValueError("max_tokens must leave half of context_tokens to the passages")
        return self

    @property
    def address(self) -> str:
        """The server's address, its usual one where none is set."""
        return self.base_url or LOCAL_SERVERS[self.kind]


class TelegramSettings(_Section):
    """The bot. docs/telegram.md tells each of these at length.

    token: also TELEGRAM_BOT_TOKEN. base_url: python-telegram-bot's form, ending in `/bot`.
    administrators, allowed_users, allowed_chats: ids, besides those the administrator lets in from a chat.
    public: whoever finds the bot may ask. pairing_minutes: how long the pairing code can be used.
    state: the folder of the bot's own file; None for one beside the index.
    user_per_minute, chat_per_minute: questions. queue: how many may wait. longest_question: characters.
    drop_pending: forget what was sent while the bot was off.
    webhook_url: https address that Telegram brings updates to; None polls. webhook_host, webhook_port: where this
    process listens for them. webhook_token: the secret it proves itself by; None draws one at each start.
    log_questions: put the text of questions into the log. retention_days: how long answers are kept for buttons.
    stop_seconds: how long the answers under way may take at the end. timeout_seconds: of one call to Telegram.
    sync_seconds: how often the folder is looked at while the bot runs; 0 for only at the start.
    """

    token: SecretStr | None = None
    base_url: str = "https://api.telegram.org/bot"
    administrators: tuple[int, ...] = ()
    allowed_users: tuple[int, ...] = ()
    allowed_chats: tuple[int, ...] = ()
    public: bool = False
    pairing_minutes: float = Field(default=15, gt=0, le=1440)
    state: Folder | None = None
    user_per_minute: int = Field(default=10, ge=1)
    chat_per_minute: int = Field(default=30, ge=1)
    queue: int = Field(default=200, ge=1)
    longest_question: int = Field(default=1_000, ge=10, le=4_096)
    drop_pending: bool = False
    webhook_url: str | None = None
    webhook_host: str = "127.0.0.1"
    webhook_port: int = Field(default=8443, ge=0, le=65_535)
    webhook_token: SecretStr | None = None
    log_questions: bool = False
    retention_days: int = Field(default=30, ge=1)
    stop_seconds: float = Field(default=25, ge=0)
    timeout_seconds: float = Field(default=10, gt=0)
    sync_seconds: float = Field(default=60, ge=0)

    @field_validator("base_url")
    @classmethod
    def _is_bot_address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")) or not value.endswith("/bot"):
            raise ValueError("must be an http(s) address ending in /bot")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _is_https(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("https://"):
            raise ValueError("must be an https address, as Telegram brings updates to no other")
        return value

    @field_validator("webhook_token")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("must be 1 to 256 letters, digits, _ and -")
        return value


class _Environment(EnvSettingsSource):
    """The environment; what is not JSON stays as it is, so that all errors are told at once."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


class Settings(BaseSettings):
    """What a command runs with."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    articles: Folder = Path("seeds")
    index: Folder = Path(".citebot")
    log_level: LogLevel = LogLevel.WARNING
    retrieval: RetrievalSettings = RetrievalSettings()
    reader: ReaderSettings = Field(default_factory=ReaderSettings)
    models: ModelsSettings = ModelsSettings()
    conversation: ConversationSettings = ConversationSettings()
    generator: GeneratorSettings = GeneratorSettings()
    telegram: TelegramSettings = TelegramSettings()
    _astray: Mapping[str, str] = {}
    """The variables of secrets, by section, whose address only the working directory's file names."""

    def check_destination(self, section: str) -> None:
        """Raises UsageError where a secret of the environment would go to an address that a stranger may have written.

        A file that lies in the working directory is anybody's who made the folder.
        """
        if section not in self._astray:
            return
        address = getattr(self, section).base_url
        raise UsageError(
            f"{DEFAULT_CONFIG} in the working directory names {section}.base_url = {address!r}, and the secret of "
            f"{self._astray[section]} would be sent there. If that is meant, set "
            f"{PREFIX}{section.upper()}__BASE_URL={address} as well, or name the file: --config {DEFAULT_CONFIG}"
        )

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *_: PydanticBaseSettingsSource, **sources: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then the environment; `load` adds the file. No dotenv and no secrets folder."""
        token = os.environ.get(TOKEN_VARIABLE)
        named = InitSettingsSource(settings_cls, {"telegram": {"token": token}} if token else {})
        return sources["init_settings"], named, _Environment(settings_cls)


def load(config: Path | None = None, flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process.

    config: must exist when given; without it, `citebot.toml` in the working directory where there is one.
    flags: those that were given, by settings key.
    Raises UsageError that names every key that cannot be used, its value and what is allowed.
    """
    path = config if config is not None else DEFAULT_CONFIG
    written = _read(path) if config is not None or path.exists() else {}
    if "key" in _section(written, "generator"):
        raise UsageError(f"generator.key does not belong into a file ({path}). Set CITEBOT_GENERATOR__KEY instead")
    given = {key: value for key, value in (flags or {}).items() if value is not None}
    sources = Sources(path, written, given, os.environ)
    try:
        settings = _from_file(written)(**given)
    except ValidationError as error:
        raise UsageError(told(error, Settings, sources)) from error
    if config is None:
        settings._astray = _astray(settings, sources)
    return settings


def replaced(settings: Settings, *, articles: str) -> Settings:
    """The settings with another articles folder."""
    return settings.model_copy(update={"articles": Path(articles).expanduser()})


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """A sentence for each `CITEBOT_…` variable that sets nothing."""
    known = {f"{PREFIX}{key.upper()}" for key in Settings.model_fields} | {DEBUG_VARIABLE}
    unknown = [
        name
        for name in sorted(environment)
        if name.startswith(PREFIX) and name.split("__")[0] not in known and name not in known
    ]
    return [f"{name} sets nothing{near(name, known)}" for name in unknown]


def _from_file(written: dict[str, Any]) -> type[Settings]:
    """Settings with what a file says as their last source."""

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: PydanticBaseSettingsSource, **sources: PydanticBaseSettingsSource
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            before = super().settings_customise_sources(settings_cls, **sources)
            return *before, InitSettingsSource(settings_cls, written)

    return FromFile


def _astray(settings: Settings, sources: Sources) -> dict[str, str]:
    """The variable of a secret, by section, that does not come from the file that alone names where it goes."""
    usual = {"telegram": TelegramSettings().base_url, "generator": None}
    found: dict[str, str] = {}
    for section, address in usual.items():
        named = _section(sources.written, section).get("base_url")
        place = next(_secrets_elsewhere(settings, section, sources.written), None)
        if place and named not in {None, address} and not sources.variables((section, "base_url")):
            found[section] = sources.of(place)
    return found


def _secrets_elsewhere(settings: Settings, section: str, written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The places of the secrets in this section that the file does not set itself."""
    for name, value in getattr(settings, section):
        if isinstance(value, SecretStr) and value.get_secret_value() != _section(written, section).get(name):
            yield section, name


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"the settings file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the settings file {path} is not UTF-8 (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the settings file {path} is not TOML: {error}") from error


def _section(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = written.get(name)
    return section if isinstance(section, dict) else {}


def known_keys() -> list[str]:
    """Every key as it is written in a message: `articles`, `reader.threads`, …"""
    return list(keys(Settings))
