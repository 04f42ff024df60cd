"""Tests without a network: sockets of this process reach loopback only, commands run in a namespace of their own."""

from __future__ import annotations

import functools
import ipaddress
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CITEBOT = str(Path(sys.executable).parent / "citebot")
TIMEOUT_SECONDS = 120


class NetworkUsed(AssertionError):
    """A test reached for the network."""


@functools.cache
def without_network() -> tuple[str, ...]:
    """The command prefix that takes the network away; empty where this machine does not allow it."""
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode == 0:
        return (unshare, "-rn")
    return ()


def offline(*command: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command where there is no network: `offline("citebot", "ask", "Who?", cwd=folder)`.

    Output is text; `citebot` is the one of this environment. Settings of the caller's environment do not reach it.
    Takes what subprocess.run takes; stdin is empty unless `input` is given.
    """
    program = [CITEBOT if command[0] == "citebot" else command[0], *command[1:]]
    own = {name: value for name, value in os.environ.items() if not name.startswith("CITEBOT_")}
    how: dict[str, Any] = {"capture_output": True, "encoding": "utf-8", "timeout": TIMEOUT_SECONDS, **options}
    if "input" not in how:
        how.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([*without_network(), *program], env={**own, **(env or {})}, **how)


def guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on sockets connect to loopback and to files only, and only loopback names resolve."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        _check_host(host)
        return resolve(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(connect)
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _check_host(address[0])
        return connect(self, address)

    return guarded


def _check_host(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name not in {None, "", "localhost"} and not _is_loopback(str(name)):
        raise NetworkUsed(f"a test reached for {name}")


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
