"""`citebot telegram`: the bot."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.commands.options import with_settings
from bot.commands.progress import progress_bar
from bot.commands.stopping import Stopping, until_told
from bot.commands.sync import tell_problems
from bot.output import say, warn
from index.errors import CitebotError, UsageError

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.settings import Settings
    from bot.telegram.library import FolderLibrary
    from bot.telegram.redaction import Redactor
    from bot.telegram.service import Options
    from index.types import Receipt

EXAMPLES = """\b
Examples:
  citebot telegram
  citebot telegram --articles ~/news
  CITEBOT_TELEGRAM__ALLOWED_USERS='[12345]' citebot telegram

\b
Exit status: 0 after SIGTERM or Ctrl-C, 2 where the settings or the token cannot be used.
"""


@click.command("telegram", short_help="Answer in Telegram.", epilog=EXAMPLES)
@click.option("--no-sync", is_flag=True, help="Do not look whether the articles folder has changed.")
@until_told
@with_settings
def command(settings: Settings, no_sync: bool, stopping: Stopping) -> int:
    """Answer questions in Telegram until it is told to stop.

    The token comes from TELEGRAM_BOT_TOKEN or the settings. Until somebody was let in, a line on stdout tells the
    pairing code: whoever sends it to the bot as /start CODE becomes its administrator.
    """
    token = _token(settings)
    from bot.telegram.logs import set_up
    from bot.telegram.redaction import Redactor

    secret = settings.telegram.webhook_token
    redact = Redactor(token, secret.get_secret_value() if secret is not None else "")
    set_up(settings.log_level, redact)
    from bot.compose import open_assistant, sync_if_changed

    if not no_sync:
        with progress_bar() as progress:
            receipt = sync_if_changed(settings, note=warn, progress=progress)
        if receipt is not None:
            tell_problems(receipt)
    stopping.check()
    with closing(open_assistant(settings)) as assistant:
        assistant.warm_up()
        stopping.check()
        _run(partial(_served, settings, token, assistant, stopping, sync=not no_sync), redact)
    return 0


def _token(settings: Settings) -> str:
    token = settings.telegram.token.get_secret_value().strip() if settings.telegram.token is not None else ""
    if not token:
        raise UsageError(
            "there is no bot token. Get one from @BotFather and put it into the environment as TELEGRAM_BOT_TOKEN, "
            "or into citebot.toml as telegram.token"
        )
    settings.check_destination("telegram")
    if not token.partition(":")[0].isdigit() or not token.partition(":")[2]:
        raise UsageError(
            "TELEGRAM_BOT_TOKEN is not a bot token: it has the form 123456789:AbC..., as @BotFather gave it"
        )
    return token


def _run(serve: Callable[[], Coroutine[Any, Any, None]], redact: Redactor) -> None:
    """Raises CitebotError; whatever else comes up is told without the token and without a traceback that has it."""
    import asyncio

    try:
        asyncio.run(serve())
    except CitebotError:
        raise
    except Exception as error:
        from bot.telegram.logs import log_failure

        log_failure("the bot broke down", error)
        shown = redact(f"{type(error).__name__}: {error}")
        raise UsageError(f"the bot broke down: {shown}. The log tells more") from None


async def _served(settings: Settings, token: str, assistant: Assistant, stopping: Stopping, *, sync: bool) -> None:
    import asyncio

    from bot.compose import open_dialogue
    from bot.telegram.service import Backing, Service

    dialogue = open_dialogue(settings, assistant, note=warn)
    backing = Backing(dialogue, assistant.store, _library(settings, assistant))
    service = Service(_options(settings, token), backing, state_file(settings, token), announce=say)
    loop = asyncio.get_running_loop()
    # not add_signal_handler: the end of the loop would take the handlers away, and a second signal would kill
    with stopping.gently(partial(loop.call_soon_threadsafe, service.stop)):
        watching = asyncio.create_task(_watched(settings)) if sync and settings.telegram.sync_seconds else None
        try:
            await service.run()
        finally:
            if watching is not None:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)


async def _watched(settings: Settings) -> None:
    """Look at the folder from time to time, so that what was put there is found and what was deleted is not."""
    import asyncio

    from bot.compose import sync_if_changed

    while True:
        await asyncio.sleep(settings.telegram.sync_seconds)
        try:
            receipt = await asyncio.to_thread(partial(sync_if_changed, settings, note=warn))
        except Exception as error:  # whatever it is, the watch goes on
            told = str(error) if isinstance(error, CitebotError) else f"{type(error).__name__}: {error}"
            warn(f"the index was not brought in line: {told}")
        else:
            if receipt is not None:
                tell_problems(receipt)


def _library(settings: Settings, assistant: Assistant) -> FolderLibrary:
    from bot.telegram.library import FolderLibrary

    sync: Callable[[], Receipt] = partial(_synced, settings)
    removed = state_folder(settings) / "removed"
    return FolderLibrary(settings.articles, removed, sync, assistant.store.articles_of)


def _synced(settings: Settings) -> Receipt:
    """yes: the administrator said so; removing the last article leaves an empty folder."""
    from bot.compose import sync_index

    return sync_index(settings, yes=True)


def state_folder(settings: Settings) -> Path:
    """Where the bot keeps what is its own."""
    return settings.telegram.state or settings.index.with_name(f"{settings.index.resolve().name}-telegram")


def state_file(settings: Settings, token: str) -> Path:
    """One file a bot: another bot's updates and messages have numbers of their own."""
    return state_folder(settings) / f"bot-{token.partition(':')[0]}.db"


def _options(settings: Settings, token: str) -> Options:
    from bot.telegram.dispatch import Bounds
    from bot.telegram.service import Options

    own = settings.telegram
    bounds = Bounds(own.user_per_minute, own.chat_per_minute, own.queue, own.longest_question)
    return Options(
        token=token,
        base_url=own.base_url,
        readers=settings.reader.threads,
        bounds=bounds,
        administrators=own.administrators,
        people=own.allowed_users,
        chats=own.allowed_chats,
        public=own.public,
        pairing_minutes=own.pairing_minutes,
        drop_pending=own.drop_pending,
        webhook_url=own.webhook_url,
        webhook_host=own.webhook_host,
        webhook_port=own.webhook_port,
        webhook_secret=own.webhook_token.get_secret_value() if own.webhook_token is not None else None,
        log_questions=own.log_questions,
        retention_days=own.retention_days,
        stop_seconds=own.stop_seconds,
        timeout_seconds=own.timeout_seconds,
    )
