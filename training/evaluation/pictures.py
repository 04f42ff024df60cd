"""Two pictures of an evaluation, in the manner of the regression page's: risk and coverage, and reliability."""

from __future__ import annotations

from pathlib import Path

from bot.regression.pictures import BLUE, RED, framed, placed, risk_coverage_picture, standing_alone
from training.evaluation.measures import Table, reliability, risk_coverage


def write(folder: Path, table: Table, threshold: float) -> None:
    """risk-coverage.svg, with the threshold in use, and reliability.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    points = risk_coverage(table)
    given = int((table.confidence >= threshold).sum())
    curve = risk_coverage_picture(points, points[given - 1] if given else None)
    (folder / "risk-coverage.svg").write_text(standing_alone(curve), encoding="utf-8")
    (folder / "reliability.svg").write_text(standing_alone(reliability_picture(table)), encoding="utf-8")


def reliability_picture(table: Table) -> str:
    """Of each tenth of the confidences its mean against the share that is right; the line is what was promised."""
    bins = reliability(table.confidence, table.right)
    (x1, y1), (x2, y2) = placed(0, 0), placed(1, 1)
    line = f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{RED}" stroke-dasharray="4 4"/>'
    dots = [
        f'<circle fill="{BLUE}" cx="{x:.1f}" cy="{y:.1f}" r="{2 + count**0.5 / 4:.1f}">'
        f"<title>n = {count}</title></circle>"
        for sure, right, count in bins
        for x, y in [placed(sure, right)]
    ]
    return framed("Reliability", "confidence", "share right", (1.0, 1.0), [line, *dots])
