"""The confidence: features with known values, a file that must be whole."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import models
from bot.conditions import Place
from bot.confidence import FILE, Confidence, load
from bot.features import coverage, features
from bot.types import Alone, Candidate
from index.errors import ModelError

CANDIDATE = Candidate("a", 0, 4, "Kyiv", 3.0, 2, 0, 40)


def test_probability_is_the_logistic_of_the_weighted_sum() -> None:
    model = Confidence(intercept=-1.0, weights={"margin": 0.5}, threshold=0.5, reader="r")
    assert model.probability({"margin": 2.0}) == pytest.approx(0.5)
    assert model.probability({"margin": 1e9}) == pytest.approx(1.0)


def test_coverage_counts_content_words_by_their_stems() -> None:
    assert coverage("How many volunteers joined the forces?", "A volunteer joins Kyiv's force.") == pytest.approx(2 / 3)
    assert coverage("Who won in 2019?", "She won in 2021.") == pytest.approx(1 / 2)
    assert coverage("who is it", "anything") == 1.0


def test_the_gap_is_the_lead_over_another_answer() -> None:
    same_elsewhere = replace(CANDIDATE, article="b", margin=2.5)
    rival = replace(CANDIDATE, article="c", text="Lviv", margin=1.0)
    values = features("Where?", CANDIDATE, [CANDIDATE, same_elsewhere, rival], Place("Kyiv", "Kyiv", "Title", None))
    assert values["gap"] == pytest.approx(2.0)
    assert values["rank"] == pytest.approx(0.5)
    assert values["agreement"] == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("alone", "trust", "again"),
    [(None, 0.0, 0.0), (Alone(0.75, "the Kyiv"), 0.75, 1.0), (Alone(0.25, "Lviv"), 0.25, 0.0)],
)
def test_what_a_sentence_says_alone(alone: Alone | None, trust: float, again: float) -> None:
    values = features("Where?", replace(CANDIDATE, alone=alone), [CANDIDATE], Place("", "", "", None))
    assert (values["alone"], values["again"]) == (trust, again)


def test_agreement_needs_another_text() -> None:
    overlapping = replace(CANDIDATE, passage_start=20, passage_end=60, margin=2.0)
    values = features("Where?", CANDIDATE, [CANDIDATE, overlapping], Place("", "", "", None))
    assert values["agreement"] == 0.0


def test_the_file_in_the_box_fits_the_reader_in_the_box() -> None:
    folder = models.folder("reader")
    model = load(folder)
    assert model.reader == models.fingerprint(folder)
    assert 0.0 < model.threshold < 1.0
    assert model.weights["margin"] > 0


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", json.dumps({"intercept": "x", "weights": {}, "threshold": 1, "reader": ""})]
)
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(ModelError, match=FILE):
        load(tmp_path)
