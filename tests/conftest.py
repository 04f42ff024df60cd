"""What every test runs under: no telemetry, and no network but loopback."""

from __future__ import annotations

import os

import pytest

from tests.network import Offline, guard, run_offline, without_network

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "false"  # read when haystack is imported


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not without_network():
        terminalreporter.write_line("note: unshare -rn does not work here; commands ran with the machine's network")


@pytest.fixture(scope="session")
def offline() -> Offline:
    """Runs a command where there is no network: see `tests.network.run_offline`."""
    return run_offline


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process nothing but loopback is reached."""
    guard(monkeypatch)
