"""Lines that surround an article and say nothing of its subject. They stay in the text and are never quoted.

Every rule is anchored at both ends of a line: a sentence that merely speaks of advertisements, newsletters or live
updates is content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from index.types import Span

LINE_CHARACTERS: Final = 300
"""A longer line is a paragraph; of those only cookie notices and copyright lines are boilerplate."""

_HEADLINE_CHARACTERS: Final = 200
_TOP_LINES: Final = 8

_NETWORKS: Final = "twitter|facebook|instagram|x|whatsapp|linkedin|telegram|reddit|pinterest|google news|youtube"
_BUTTONS: Final = f"share|tweet|email|print|save|bookmark|copy link|{_NETWORKS}"
_RULES: Final = (
    r"live (?:updates?|blog|coverage)\s*(?:[:|–—-]\s*.{0,120}|follow\b.{0,120})?",
    r"follow (?:our|the) (?:live (?:blog|updates|coverage)|latest (?:news|updates))\b.{0,100}",
    r"(?:powered|translated) by (?:automated|automatic|machine) translation",
    r"(?:powered by|translated by) (?:google translate|deepl|google)",
    r"(?:automatically|machine)[- ]translated(?: (?:from|by) .{1,40})?",
    r"(?:please )?(?:sign up|subscribe|register)(?: now| here| today)?(?: (?:to|for)\b.{0,40})? "
    r"(?:newsletters?|emails?|alerts|briefings?|updates|podcast|(?:youtube )?channel)\b.{0,80}",
    r"(?:sign|log) (?:up|in)(?: (?:here|now|today|or (?:sign|log) (?:up|in)))?",
    r"(?:sign|log) (?:up|in) to (?:continue|comment|read (?:more|on)).{0,40}",
    r"(?:subscribe|register)(?: (?:now|here|today|to (?:continue|read (?:more|on)).{0,60}))?",
    r"get (?:the latest|our|breaking|more) .{0,60}(?:inbox|newsletter|alerts).{0,40}",
    r"(?:read|see|learn|watch|find out) (?:more|also|next)(?:\s*(?::|>|»|→|\||\.\.\.|…).{0,160})?",
    r"(?:also|must|recommended) read\s*(?::.{0,160})?",
    r"(?:continue|keep) reading(?: (?:below|the main story))?",
    r"(?:related|recommended|more) (?:articles?|stor(?:y|ies)|topics|coverage|content|links|reading|news)"
    r"(?:\s*:.{0,160})?",
    r"related\s*:.{0,160}|related|more (?:from|on) .{1,40}|you (?:may|might) also (?:like|be interested in)",
    r"most (?:read|popular|viewed)|trending(?: now)?|editor['’]s picks?|don['’]t miss|up next",
    r"advertisement|advertising|advert|ad|sponsored(?: content| by .{1,40})?|paid (?:content|post)|promoted",
    r"(?:article|story|content) continues (?:below|after)(?: (?:the |this )?(?:advertisement|ad|advert))?",
    r"scroll (?:down )?(?:to continue|for more|past)(?: .{0,40})?|skip (?:to|past|advertisement).{0,40}",
    rf"(?:{_BUTTONS}|comment) (?:this|the)? ?(?:article|story|page|post|link)(?: (?:on|via|with|by) .{{0,40}})?",
    rf"(?:share|tweet|email|print|save)(?: (?:on|via|by|with) (?:{_NETWORKS}|email|friends?))?|copy link|bookmark",
    rf"(?:{_BUTTONS})(?:(?:\s*[|•·,/]\s*|\s+)(?:{_BUTTONS})){{1,8}}",
    r"(?:follow|like|join|find) us (?:on|at)\b.{0,80}",
    rf"follow (?:me|him|her|them|@\w+) on (?:{_NETWORKS})(?:\W.{{0,60}})?",
    r"(?:download|get) (?:our|the) (?:free |new )?(?:\w+ )?app(?: (?:now|here|today|for|from|on|to)\b.{0,60})?",
    r"(?:leave|post|write|add) (?:a|your) (?:comment|reply)",
    r"(?:show|view|read|see) (?:all |\d+ )?comments?|\d+ comments?",
    r"(?:click|tap) (?:here|to (?:read|view|watch|listen|subscribe|share|expand|see|play))\b.{0,80}",
    r"(?:image|photo|picture|video) ?(?:credit|source)?\s*[:©]\s*.{0,60}"
    r"(?:getty|reuters|afp|ap|epa|shutterstock).{0,30}",
    r"\d{1,3}[- ]min(?:ute)?s? read",
    r"back to (?:top|home|the top)|previous article|next article|load more|show more|view all",
)
_YEARS: Final = r"(?:19|20)\d\d(?:\s*[-–]\s*(?:(?:19|20)\d\d|present))?"
_LONG_RULES: Final = (
    rf".{{0,60}}(?:©|\(c\))\s*{_YEARS}(?:\W.{{0,300}})?|copyright\s*{_YEARS}(?:\s*[.,;:|].{{0,300}})?",
    r"(?:©|\(c\) |copyright\b).{0,200}all rights reserved.{0,200}",
    r"all rights reserved\.?(?: .{0,200}(?:permission|reproduc|republish|redistribut|copyright).{0,200})?",
    r"(?:this (?:web)?site|we(?: and our (?:\d+ )?partners)?|our (?:web)?site) uses? cookies\b.{0,400}",
    r"by (?:continuing|using) .{0,60}(?:you (?:agree|accept|consent)).{0,60}cookies.{0,200}",
    r"(?:accept|reject|manage)(?: all)? cookies|cookie (?:policy|settings|notice|preferences)(?:\s*[|•·].{0,80})?",
    r"this (?:article|material|story|content) (?:may|is|was)\b.{0,80}"
    r"(?:not be (?:published|reproduced)|protected by copyright).{0,200}",
)
_BOILERPLATE: Final = re.compile("|".join(f"(?:{rule})" for rule in _RULES), re.IGNORECASE)
_LONG_BOILERPLATE: Final = re.compile("|".join(f"(?:{rule})" for rule in _LONG_RULES), re.IGNORECASE)
_EDGES: Final = " \t*_#>[]|•·-–—"


def is_boilerplate(line: str) -> bool:
    """Whether one line, on its own, is boilerplate."""
    bare = line.strip().strip(_EDGES).rstrip(" .!:")
    if not bare:
        return False
    if len(bare) <= LINE_CHARACTERS and _BOILERPLATE.fullmatch(bare):
        return True
    return _LONG_BOILERPLATE.fullmatch(bare) is not None


def boilerplate_spans(text: str) -> tuple[Span, ...]:
    """The boilerplate lines of a text, ascending and disjoint, without the white space around them.

    A line that repeats the one before it is boilerplate, and so is a short one that repeats one of the first lines.
    """
    spans: list[Span] = []
    top: list[str] = []
    before = ""
    for start, end in _line_spans(text):
        line = " ".join(text[start:end].split())
        if is_boilerplate(line) or _repeats(line, before, top):
            spans.append((start, end))
        before = line
        if len(top) < _TOP_LINES:
            top.append(line)
    return tuple(spans)


def _repeats(line: str, before: str, top: list[str]) -> bool:
    if not any(character.isalpha() for character in line):
        return False
    return line == before or (20 <= len(line) <= _HEADLINE_CHARACTERS and line in top)


def _line_spans(text: str) -> Iterator[Span]:
    """The non-blank lines without the white space at their ends."""
    for match in re.finditer(r"[^\n]+", text):
        line = match.group()
        if line.strip():
            yield match.start() + len(line) - len(line.lstrip()), match.start() + len(line.rstrip())
