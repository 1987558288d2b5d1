"""A load generator for this machine only: a few connections, a bounded time, kept alive.

    measure(port, requests, connections=8, seconds=10)

`requests` is asked for the next request by each connection in turn. Nothing but 127.0.0.1 is ever
asked; connections and seconds have limits.
"""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"
MOST_CONNECTIONS, MOST_SECONDS = 16, 60.0


@dataclass(frozen=True)
class Request:
    """What is asked. expected: statuses that are right."""

    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    expected: tuple[int, ...] = (200,)


@dataclass(frozen=True)
class Measured:
    """How it went: each answer's milliseconds, in all seconds; bytes of all answers."""

    milliseconds: tuple[float, ...]
    seconds: float
    bytes: int
    wrong: int

    @property
    def a_second(self) -> float:
        """Answers a second."""
        return len(self.milliseconds) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.milliseconds)
        if not ordered:
            return float("nan")
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def figures(self) -> dict[str, float]:
        """For the table and for JSON."""
        return {
            "answers": len(self.milliseconds),
            "a_second": round(self.a_second, 1),
            "p50_ms": round(self.percentile(0.50), 1),
            "p95_ms": round(self.percentile(0.95), 1),
            "p99_ms": round(self.percentile(0.99), 1),
            "kilobytes": round(self.bytes / max(1, len(self.milliseconds)) / 1000, 1),
            "wrong": self.wrong,
        }


def measure(
    port: int, requests: Sequence[Request], *, connections: int = 8, seconds: float = 10.0
) -> Measured:
    """Ask for so many seconds over so many connections; ValueError for too many of either."""
    if connections > MOST_CONNECTIONS or seconds > MOST_SECONDS or not requests:
        raise ValueError("at most 16 connections, 60 seconds, and something to ask")
    turns = itertools.cycle(requests)
    lock = threading.Lock()
    found: list[tuple[float, int, bool]] = []
    end = time.perf_counter() + seconds

    def next_one() -> Request:
        with lock:
            return next(turns)

    def run() -> None:
        mine = []
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        while time.perf_counter() < end:
            mine.append(_ask(connection, next_one()))
        connection.close()
        with lock:
            found.extend(mine)

    threads = [threading.Thread(target=run) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    right = [one for one in found if one[2]]
    return Measured(
        tuple(one[0] * 1000 for one in right),
        took,
        sum(one[1] for one in right),
        len(found) - len(right),
    )


def _ask(connection: http.client.HTTPConnection, request: Request) -> tuple[float, int, bool]:
    """Seconds, bytes, and whether it was answered as expected."""
    began = time.perf_counter()
    method = "GET" if request.body is None else "POST"
    try:
        connection.request(method, request.path, body=request.body, headers=request.headers)
        answer = connection.getresponse()
        size = len(answer.read())
    except (OSError, http.client.HTTPException):
        connection.close()
        return time.perf_counter() - began, 0, False
    return time.perf_counter() - began, size, answer.status in request.expected
