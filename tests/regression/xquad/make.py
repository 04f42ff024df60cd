"""Make this set from the English part of XQuAD.

    python -m tests.regression.xquad.make xquad.en.json

The second, fourth, ... article by title becomes articles/, and every question on it a case, whose quote is the
sentence or sentences that hold the answer. The other articles are withheld: every second question on them is
unanswerable here. Questions of withheld articles whose answer the articles hold in a sentence that shares the
question's words are left out by hand, in ANSWERED_ALL_THE_SAME.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.sentences import sentence_around

HERE = Path(__file__).parent
ABOUT = (
    "XQuAD's English questions over its even articles by title; every second question of the odd ones, which are "
    "withheld, is unanswerable. CC BY-SA 4.0, see LICENSE.md."
)
ANSWERED_ALL_THE_SAME: frozenset[str] = frozenset()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("xquad", type=Path)
    articles = sorted(json.loads(parser.parse_args().xquad.read_text(encoding="utf-8"))["data"], key=_title)
    (HERE / "articles").mkdir(exist_ok=True)
    for article in articles[1::2]:
        (HERE / "articles" / _name(article)).write_text(_text(article), encoding="utf-8")
    cases = [case for article in articles[1::2] for case in _answerable(article)]
    withheld = [case for article in articles[0::2] for case in _withheld(article)]
    lines = [f"about: {json.dumps(ABOUT)}", "articles: articles", "cases:"]
    lines += [f"  - {json.dumps(case, ensure_ascii=False)}" for case in (*cases, *withheld[::2])]
    (HERE / "questions.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _title(article: dict[str, Any]) -> str:
    return str(article["title"]).replace("_", " ")


def _name(article: dict[str, Any]) -> str:
    return re.sub(r"\W+", "_", _title(article)).strip("_") + ".txt"


def _text(article: dict[str, Any]) -> str:
    return "\n\n".join([_title(article), *(p["context"] for p in article["paragraphs"])]) + "\n"


def _answerable(article: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for paragraph in article["paragraphs"]:
        context = paragraph["context"]
        for entry in paragraph["qas"]:
            start = entry["answers"][0]["answer_start"]
            left, right = sentence_around(context, start, start + len(entry["answers"][0]["text"]))
            yield {
                "id": entry["id"],
                "question": entry["question"].strip(),
                "answers": list(dict.fromkeys(answer["text"] for answer in entry["answers"])),
                "article": _name(article),
                "quote": context[left:right],
            }


def _withheld(article: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for paragraph in article["paragraphs"]:
        for entry in paragraph["qas"]:
            if entry["id"] not in ANSWERED_ALL_THE_SAME:
                tags = ["withheld"]
                yield {"id": entry["id"], "question": entry["question"].strip(), "unanswerable": True, "tags": tags}


if __name__ == "__main__":
    main()
