"""What every test runs under: no telemetry, and no network but loopback."""

from __future__ import annotations

import pytest

from models.telemetry import turn_off_telemetry
from tests.network import guard, offline, without_network

__all__ = ["offline"]

turn_off_telemetry()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not without_network():
        terminalreporter.write_line("note: unshare -rn does not work here; commands ran with the machine's network")


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process nothing but loopback is reached."""
    guard(monkeypatch)
