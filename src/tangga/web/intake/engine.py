"""The engine, as the web knows it: the command `tangga` in another process, and what it writes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECRETS = (
    *("TANGGA_SECRET_KEY", "TANGGA_FIELD_KEY", "TANGGA_FIELD_KEYS_OLD"),
    *("DATABASE_URL", "TANGGA_WEB_DATABASE_URL", "TANGGA_BACKUP_URL"),
)
"""The engine needs none of them, so that it cannot leak them."""
EVERY = 0.5
"""Seconds between two looks at a command at work."""
PATIENCE = 10.0
"""Seconds that a command is given to end when it is asked to."""
USER_MISTAKE = 2
LONGEST = 20_000


@dataclass(frozen=True)
class Ended:
    """How a command ended. words: its mistake as it says it to people, without its own name."""

    code: int
    words: str = ""
    cancelled: bool = False

    @property
    def refused(self) -> bool:
        """Whether what it said is for the officer to mend."""
        return self.code == USER_MISTAKE

    @property
    def good(self) -> bool:
        """Whether it did what it was asked."""
        return self.code == 0 and not self.cancelled


def command(*arguments: str | Path) -> list[str]:
    """The command line. Where the system can, it goes when our worker is killed: else it would keep
    the workspace locked, and nobody would wait for what it does."""
    tied = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    return [*tied, sys.executable, "-m", "tangga", *map(str, arguments)]


def environment() -> dict[str, str]:
    """What the command sees of ours."""
    kept = {key: value for key, value in os.environ.items() if key not in SECRETS}
    return {**kept, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}


def run(
    arguments: Sequence[str | Path],
    log: Path,
    *,
    answer: Path | None = None,
    look: Callable[[], bool] = lambda: True,
    seconds: float = 0,
) -> Ended:
    """Run a command to its end. look: called twice a second; False ends the command.

    log: gets what it says (it may name files, never values of people). answer: gets what it prints.
    seconds: 0 for no limit.
    """
    with log.open("wb") as out, Path(answer or os.devnull).open("wb") as printed:
        process = subprocess.Popen(
            command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=out,
            env=environment(),
            start_new_session=True,
        )
        try:
            cancelled = _wait(process, look, seconds)
        except BaseException:
            _end(process)
            raise
    said = log.read_text(encoding="utf-8", errors="replace")
    return Ended(process.returncode, _words(said), cancelled)


def _wait(process: subprocess.Popen[bytes], look: Callable[[], bool], seconds: float) -> bool:
    """Until it ends; whether we ended it."""
    limit = time.monotonic() + seconds if seconds else None
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(EVERY)
            return False
        if not look() or (limit is not None and time.monotonic() > limit):
            _end(process)
            return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """The command with all that it started."""
    for which, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, PATIENCE)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, which)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return


def _words(said: str) -> str:
    """What follows `tangga: `, to the end; nothing where it said nothing so."""
    found = re.search(r"^tangga: (.*)", said, re.M | re.S)
    return found[1].strip()[:LONGEST] if found else ""


def read_json(file: Path) -> dict[str, Any]:
    """What a command wrote; nothing where it wrote nothing whole."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def last_line(file: Path) -> dict[str, Any]:
    """The last whole line of a file of JSON lines."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    for line in reversed(lines):
        with suppress(ValueError):
            found = json.loads(line)
            return found if isinstance(found, dict) else {}
    return {}
