"""Work in order within a chat and side by side between chats."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable

Job = Callable[[], Awaitable[object]]


class Lanes:
    """One lane a key; the jobs of a lane run one after the other, lanes run side by side.

    A job must not raise; what it does with its errors is its own matter.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, deque[Job]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._count = 0
        self._stopping = False

    def __len__(self) -> int:
        """How many jobs wait or run."""
        return self._count

    def add(self, key: Hashable, job: Job) -> int:
        """Take a job and return how many were there before it."""
        before = self._count
        self._count += 1
        lane = self._waiting.get(key)
        if lane is not None:
            lane.append(job)
            return before
        self._waiting[key] = deque([job])
        worker = asyncio.create_task(self._work(key))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)
        return before

    async def stop(self, seconds: float) -> bool:
        """Begin nothing more; wait for what runs. False when some had to be broken off."""
        self._stopping = True
        running = list(self._workers)
        if not running:
            return True
        _, late = await asyncio.wait(running, timeout=seconds)
        for worker in late:
            worker.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    async def _work(self, key: Hashable) -> None:
        lane = self._waiting[key]
        while lane and not self._stopping:
            try:
                await lane.popleft()()
            finally:
                self._count -= 1
        self._waiting.pop(key, None)
