"""Noise or not: the paired bootstrap."""

from __future__ import annotations

import pytest

from bot.regression.bootstrap import difference


def test_no_difference_is_no_interval() -> None:
    found = difference([1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
    assert (found.low, found.high, found.is_noise) == (0.0, 0.0, True)


def test_the_same_loss_everywhere_is_certain() -> None:
    found = difference([1.0] * 50, [0.75] * 50)
    assert (found.low, found.high, found.is_noise) == (pytest.approx(-0.25), pytest.approx(-0.25), False)


def test_one_loss_in_a_hundred_may_be_noise_and_thirty_may_not() -> None:
    # The number of drawn losses is binomial: 1 in 100 is not drawn at all with probability 0.99 ** 100 = 0.37.
    assert difference([1.0] * 100, [0.0] + [1.0] * 99).is_noise
    found = difference([1.0] * 100, [0.0] * 30 + [1.0] * 70)
    # standard error sqrt(0.3 * 0.7 / 100) = 0.0458: about -0.3 +- 0.09
    assert found.low == pytest.approx(-0.39, abs=0.02)
    assert found.high == pytest.approx(-0.21, abs=0.02)


def test_cases_a_measure_does_not_apply_to_do_not_count() -> None:
    found = difference([None, 1.0, 1.0], [None, 0.5, 0.5])
    assert (found.low, found.high) == (-0.5, -0.5)
    assert difference([None, None], [1.0, None]).is_noise


def test_the_same_numbers_twice() -> None:
    before, now = [1.0, 0.0, 0.5, 1.0], [0.0, 0.0, 1.0, 1.0]
    assert difference(before, now) == difference(before, now)
