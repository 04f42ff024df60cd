"""What a person hears of an answer as a chat model words it: its sentences, what was dropped, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.generation.listening import Listener
from bot.output import answer_style, say, warn
from bot.render import answer_text, one_line, visible
from bot.types import Answer


@dataclass
class Hearing:
    """One question's. streams: sentences are shown as they pass their checks. explains: what does not pass, on stderr.

    said: the sentences that were shown.
    """

    streams: bool = False
    explains: bool = False
    said: list[str] = field(default_factory=list)

    def listener(self) -> Listener:
        """To be set while the question is asked."""
        return Listener(sentence=self._sentence, dropped=self._dropped, trouble=warn)

    def shown(self, answer: Answer) -> str:
        """The answer for a person, without the text where that was shown already."""
        if self.said and answer.text == " ".join(self.said):
            return answer_text(replace(answer, text=""), answer_style())[1:]
        return answer_text(answer, answer_style())

    def _sentence(self, text: str) -> None:
        if self.streams:
            self.said.append(text)
            say(visible(text))

    def _dropped(self, sentence: str, why: str) -> None:
        if self.explains:
            warn(dropped_line(sentence, why))


def dropped_line(sentence: str, why: str) -> str:
    """What was dropped and why, in a line."""
    return f"dropped: “{one_line(sentence)}” – {one_line(why)}"
