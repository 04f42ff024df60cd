"""What the bot says besides answers, in one place."""

from __future__ import annotations

import math
from collections.abc import Mapping

START = (
    "I answer questions about a folder of articles, each answer quoted from them. Where they do not hold the answer, "
    "I say so.\n\nIn private just ask. In a group use /ask, reply to me, or mention me. /help tells more."
)
HELP = """Ask a question in words, and I quote the answer from the articles.

/ask QUESTION – ask, in a group for example
/sources – where the last answer comes from
/more – read on in its article
/forget – forget what we talked about here

“before March 2022” asks the last question of older articles, and what follows up on it too; “everything” lifts that.

[1] [2] [3] under an answer open the passage; 👍 👎 say whether it was right. An edited question is answered anew."""
HELP_ADMINISTRATOR = """For you as administrator:
/add – send a document with this as its caption, or reply with it to one: it becomes an article
/remove NAME – take an article out
/sync – bring the index in line with the folder
/allow, /deny – in reply to somebody, with a number, or in a group for the whole group
/stats – questions, refusals, times, errors"""
COMMANDS: Mapping[str, str] = {
    "ask": "Ask a question",
    "sources": "Where the last answer comes from",
    "more": "Read on in its article",
    "forget": "Forget what we talked about here",
    "help": "What I can do",
}
ADMINISTRATOR_COMMANDS: Mapping[str, str] = {
    "add": "Make a document an article",
    "remove": "Take an article out",
    "sync": "Bring the index in line with the folder",
    "allow": "Let somebody ask",
    "deny": "Let somebody no longer ask",
    "stats": "How I am doing",
}
PAIRED = "You are the administrator now. Ask a question, or see /help."
NOT_IN_GROUPS = "Please send that to me in private."
ONLY_ADMINISTRATOR = "Only the administrator can do that."
ASK_WHAT = "Ask me something after the command, such as: /ask Who said so?"
UNKNOWN = "I do not know that command. /help lists those I know."
TEXT_ONLY = "I can read text only: no voice, pictures, stickers or captions. Please write your question as a message."
DOCUMENTS_ARE_FOR_ADMINISTRATORS = "I can read text only, and only the administrator can add documents. Please write."
WISHES: Mapping[str, str] = {"sources": "show me the source", "more": "more"}
"""Commands that say no more than these words do in a conversation."""
OLD_BUTTON = "This answer is old, and I no longer have it. Please ask again."
MOVED_ON = "The article has changed since this answer. Please ask again."
NOT_ALLOWED_BUTTON = "This button is for people who may ask me."
THANKS_GOOD = "Thank you! Noted as right."
THANKS_BAD = "Noted as wrong. Thank you!"
THANKS_CORRECTION = "Thank you. Whoever looks after the articles will see it."
SHOULD_HAVE_BEEN = "What should it have been? Reply to this message, or just leave it."
SEND_A_DOCUMENT = (
    "Send me the document itself with /add as its caption, or reply with /add to one. I fetch no addresses."
)
REMOVE_WHAT = "Which article? /remove NAME, as it stands under a quote."
ALLOW_WHOM = "Whom? Reply to a message of theirs, give their number, or use it in a group for the whole group."


def stranger(person: int) -> str:
    """To somebody who was not let in. Their number is what the administrator needs."""
    return (
        "I answer only to people my administrator has let in. "
        f"If that should be you, give them your number: {person}. They then send me: /allow {person}"
    )


def slow_down(seconds: float) -> str:
    """To somebody who asks too often."""
    return f"That was a lot of questions at once. I am glad to go on in {_seconds(seconds)}."


def chat_slow_down(seconds: float) -> str:
    """To a chat that asks too often."""
    return f"This chat has asked a lot at once. I am glad to go on in {_seconds(seconds)}."


def busy(waiting: int) -> str:
    """When the queue is full."""
    return f"I am busy: {waiting} questions are waiting. Please ask again in a minute."


def in_line(before: int, seconds: float) -> str:
    """To somebody who will wait."""
    return f"{_counted(before, 'question')} before yours; about {_seconds(seconds)}."


def too_long(length: int, limit: int) -> str:
    """To a question that is a text."""
    return f"That is {length:,} characters. Please ask in fewer than {limit:,}."


def failed(number: str) -> str:
    """When something nobody foresaw happened."""
    return f"Something went wrong on my side (error {number}). Please try again; my log knows more under that number."


def allowed(whom: str) -> str:
    """After /allow."""
    return f"{whom} may ask me now."


def denied(whom: str) -> str:
    """After /deny."""
    return f"{whom} may no longer ask me."


def _seconds(seconds: float) -> str:
    return _counted(max(1, math.ceil(seconds)), "second")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
