"""The loopback interface of a network namespace of one's own, which is down at first."""

from __future__ import annotations

import fcntl
import socket
import struct

_SET_FLAGS = 0x8914
_UP_AND_RUNNING = 0x1 | 0x40


def bring_up() -> None:
    """Raises OSError where that is not allowed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14x", b"lo", _UP_AND_RUNNING))
