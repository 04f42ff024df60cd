"""Pictures as SVG text, made by hand: two small charts are not worth a plotting library's 60 MB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.regression.judging import Judged
from bot.regression.scores import sureness

WIDTH: Final = 460
HEIGHT: Final = 260
LEFT: Final = 52
BOTTOM: Final = 40
TOP: Final = 12
RIGHT: Final = 14
BARS: Final = 24
BLUE: Final = "#0a62c4"
RED: Final = "#b42318"
GREY: Final = "#d8dee4"
"""For readers without style sheets; the page has colours of its own, for dark screens too."""

Point = tuple[float, float]


def risk_coverage(judged: Sequence[Judged]) -> list[Point]:
    """(coverage, risk) at each confidence, the surest first; empty where nothing was marked.

    coverage: the share of all cases whose surest span has at least that confidence. risk: the share of those that
    is wrong. Source: R. El-Yaniv, Y. Wiener, "On the Foundations of Noise-free Selective Classification", JMLR 2010.
    """
    pairs = sorted((pair for one in judged if (pair := sureness(one)) is not None), key=lambda pair: -pair[0])
    points: list[Point] = []
    wrong = 0
    for number, (confidence, right) in enumerate(pairs, start=1):
        wrong += not right
        if number == len(pairs) or pairs[number][0] < confidence:
            points.append((number / len(judged), wrong / number))
    return points


def risk_coverage_picture(points: Sequence[Point], at: Point | None = None) -> str:
    """The curve of (coverage, risk); at: the point of the threshold in use."""
    top = max([0.1, *(risk for _, risk in points)])
    marks = [placed(x, y / top) for x, y in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in marks)
    parts = [f'<polyline class="line" fill="none" stroke="{BLUE}" stroke-width="2" points="{line}"/>'] if marks else []
    if at is not None:
        x, y = placed(at[0], min(1.0, at[1] / top))
        parts.append(
            f'<circle class="dot" fill="{RED}" cx="{x:.1f}" cy="{y:.1f}" r="5"><title>as the run was</title></circle>'
        )
    return framed("Risk and coverage", "share of all questions answered", "share wrong", (1.0, top), parts)


def standing_alone(picture: str) -> str:
    """A picture as a file of its own, on white."""
    head, rest = picture.split(">", 1)
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head} xmlns="http://www.w3.org/2000/svg">{ground}{rest}\n'


def latency_picture(seconds: Sequence[float]) -> str:
    """A histogram of seconds a question; bars of equal width from 0 to the slowest."""
    slowest = max([*seconds, 1e-3])
    counts = [0] * BARS
    for value in seconds:
        counts[min(BARS - 1, int(value / slowest * BARS))] += 1
    top = max(counts)
    parts = [_bar(number, count / top, count) for number, count in enumerate(counts) if count]
    return framed("Latency", "seconds a question", "questions", (slowest, float(top)), parts)


def _bar(number: int, height: float, count: int) -> str:
    x, y = placed(number / BARS, height)
    base = HEIGHT - BOTTOM
    width = (WIDTH - LEFT - RIGHT) / BARS - 1
    return (
        f'<rect class="bar" fill="{BLUE}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{base - y:.1f}">'
        f"<title>{count}</title></rect>"
    )


def placed(x: float, y: float) -> Point:
    """Shares of the axes as picture coordinates."""
    return LEFT + x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y * (HEIGHT - BOTTOM - TOP)


def framed(title: str, across: str, up: str, most: Point, parts: Sequence[str]) -> str:
    """Axes with five marks each, and what is drawn between them. most: the largest value on each axis."""
    ticks = [_tick(step / 4, most) for step in range(5)]
    words = (
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{across}</text>'
        f'<text x="12" y="{(HEIGHT - BOTTOM) / 2:.0f}" text-anchor="middle"'
        f' transform="rotate(-90 12 {(HEIGHT - BOTTOM) / 2:.0f})">{up}</text>'
    )
    body = "".join([*ticks, *parts, words])
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" font-size="11" fill="#5c6670" role="img" aria-label="{title}">'
    return f"{head}<title>{title}</title>{body}</svg>"


def _tick(share: float, most: Point) -> str:
    x, _ = placed(share, 0)
    _, y = placed(0, share)
    base = HEIGHT - BOTTOM
    return (
        f'<line class="grid" stroke="{GREY}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(share * most[1])}</text>'
        f'<text x="{x:.1f}" y="{base + 16}" text-anchor="middle">{_number(share * most[0])}</text>'
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
