"""Keeps a few processes alive, tells what becomes of them, and ends them all together."""

from __future__ import annotations

import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tangga.errors import UserError

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a process that died is started again; doubled at each death in a row."""

HEALTHY = 60.0
"""Seconds after which a process counts as well again."""

GIVE_UP = 6
"""So many deaths in a row, the first start included, are no accident."""


@dataclass
class Child:
    """One process of the service. name: as people are told of it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    deaths: int = 0
    started: float = 0.0
    due: float = 0.0

    def start(self) -> None:
        """Begin it, in a session of its own: Ctrl-C is for us, who then end it in order."""
        # Where the system can, it goes when we are killed: nobody would look after it.
        tied = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        self.process = subprocess.Popen(
            [*tied, *self.command],
            stdin=subprocess.DEVNULL,
            env=dict(self.environment),
            start_new_session=True,
        )
        self.started = time.monotonic()

    def died(self) -> int | None:
        """How it ended, None while it lives."""
        return None if self.process is None else self.process.poll()


Say = Callable[[str, int, float], None]
"""Told of a death: the name, how it ended, seconds until it is started again."""


class Supervisor:
    """Holds the children; must be used from one thread."""

    def __init__(self, children: Sequence[Child], say: Say) -> None:
        self.children = list(children)
        self.say = say

    def start(self) -> None:
        """Begin all."""
        for child in self.children:
            child.start()

    def look(self) -> None:
        """Start again what died, after a pause; UserError for one that dies each time."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.due:
                    child.start()
                continue
            code = child.died()
            if code is not None:
                self._mourn(child, code, now)

    def _mourn(self, child: Child, code: int, now: float) -> None:
        child.deaths = 1 if now - child.started > HEALTHY else child.deaths + 1
        if child.deaths >= GIVE_UP:
            what = f"{child.name} ends again and again (last with {code})"
            raise UserError(what, todo="What it said stands above")
        pause = min(FIRST_PAUSE * 2 ** (child.deaths - 1), LONGEST_PAUSE)
        child.process, child.due = None, now + pause
        self.say(child.name, code, pause)

    def watch(self, until: threading.Event) -> None:
        """Until somebody sets the event."""
        while not until.wait(0.25):
            self.look()

    def stop(self, seconds: float = 20.0) -> None:
        """End all in order; whoever does not go in time is killed."""
        alive = [c.process for c in self.children if c.process is not None]
        for process in alive:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    process.terminate()
        limit = time.monotonic() + seconds
        for process in alive:
            try:
                process.wait(max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for child in self.children:
            child.process = None


@contextmanager
def until_asked_to_stop() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set, instead of breaking off what we are at."""
    asked = threading.Event()
    before = {
        which: signal.signal(which, lambda *_: asked.set())
        for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield asked
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
