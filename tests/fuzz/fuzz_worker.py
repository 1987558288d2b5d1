"""Reads mutated inputs, one after the other, in a process that may die of one.

    python tests/fuzz/fuzz_worker.py READER SEED FIRST COUNT SECONDS FOLDER

The input that is being read lies in FOLDER/now, what is found in FOLDER/found/. The last line on
the standard output is what was done, as JSON; what was done so far lies in FOLDER/done.json.
"""

from __future__ import annotations

import gc
import io
import json
import logging
import os
import re
import resource
import shutil
import signal
import sys
import time
import traceback
import warnings
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from fuzz_guide import Guide  # noqa: E402
from fuzz_inputs import Input  # noqa: E402
from fuzz_reader import NAME, NIK, Broken, Read, Reader  # noqa: E402

MOST_PARENTS, MOST_OF_A_PARENT = 400, 60_000
MOST_FOUND = 25
"""Of one kind (the same exception at the same place) only the shortest is kept, so many kinds."""
MOST_OF_A_MUTATION = 20
ADDRESS_SPACE = 5 << 30
RAW = re.compile(r"Traceback|<class |<built-in|object at 0x|INTERNAL Error")
"""What no sentence for a person holds."""


class Worker:
    """One reader, its parents, and what was found."""

    def __init__(self, reader: Reader, seed: str, folder: Path) -> None:
        self.reader, self.seed, self.folder = reader, seed, folder
        self.parents: list[Input] = list(reader.seeds())
        self.seeds = len(self.parents)
        self.guide = Guide(reader.guides)
        # What a process before this one left behind when it died would be read with each input.
        shutil.rmtree(folder / "own", ignore_errors=True)
        (folder / "own").mkdir(parents=True)
        self.read: Read = reader.open(folder / "own")
        self.done: dict[str, Any] = {"read": 0, "accepted": 0, "refused": 0, "found": 0}
        self.sizes: dict[str, int] = {}
        self.slowest = self.largest = 0.0
        self.words: set[str] = set()

    def run(self, first: int, count: int, seconds: float) -> dict[str, Any]:
        """So many inputs, or as many as the seconds allow."""
        end = time.monotonic() + seconds
        for seed in self.parents[: self.seeds] if first == 0 else ():
            self.one(seed, -1)
        for number in range(first, first + count):
            if time.monotonic() > end:
                break
            self.one(self.mutated(number), number)
            if number % 50 == 0:
                (self.folder / "done.json").write_text(json.dumps(self.said()))
        return self.said()

    def said(self) -> dict[str, Any]:
        """What was done so far."""
        return {
            **self.done,
            "lines": self.guide.lines,
            "parents": len(self.parents) - self.seeds,
            "slowest": round(self.slowest, 2),
            "largest": round(self.largest),
            "processor": round(time.process_time()),
        }

    def mutated(self, number: int) -> Input:
        """The input of this number: the same for the same seed and the same past."""
        rng = Random(f"{self.seed}/{self.reader.name}/{number}")
        parent = rng.choice(self.parents[-8:] if rng.random() < 0.2 else self.parents)
        # A mutator that takes long is no finding of the reader's: the parent itself is read then.
        signal.setitimer(signal.ITIMER_REAL, MOST_OF_A_MUTATION)
        try:
            return self.reader.mutate(rng, parent, self.parents)
        except (TimeoutError, MemoryError):
            return parent
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def one(self, given: Input, number: int) -> None:
        """Read one input and hold the reader to its promises."""
        now = self.folder / "now"
        now.write_bytes(f"{number} {given.name}\n".encode() + given.content)
        said, log = io.StringIO(), self._log()
        before, began = _memory(reset=True), time.process_time()
        kind, words = "accepted", ""
        watched = number < 0 or number % self.reader.watched == 0
        watch = self.guide if watched else nullcontext()
        self.guide.fresh = 0
        try:
            with redirect_stdout(said), redirect_stderr(said), watch:
                self.read(given)
        except self.reader.refusals as error:
            kind, words = "refused", str(error)
            self._refused(given, number, words)
        except Broken as error:
            self._found(given, number, f"broken: {error}", str(error))
        except BaseException as error:
            self._found(given, number, _where(error), traceback.format_exc())
        spent, taken = time.process_time() - began, _memory() - before
        self._told(given, number, said.getvalue() + log.getvalue())
        self._within(given, number, spent, taken)
        self.done["read"] += 1
        self.done[kind] += 1
        if number == -1 and kind == "refused":
            self._found(given, number, "a seed is refused", words)
        small = len(given.content) <= MOST_OF_A_PARENT
        new = self._is_new(words)
        if (self.guide.fresh or new) and number >= 0 and small and len(self.parents) < MOST_PARENTS:
            self.parents.append(given)

    def _is_new(self, words: str) -> bool:
        if self.reader.watched == 1 or _short(words) in self.words:
            return False
        self.words.add(_short(words))
        return True

    def _log(self) -> io.StringIO:
        kept = io.StringIO()
        handler = logging.StreamHandler(kept)
        logging.getLogger().handlers[:] = [handler]
        return kept

    def _refused(self, given: Input, number: int, words: str) -> None:
        if not words.strip() or RAW.search(words):
            self._found(given, number, f"not in words: {_short(words)}", words)
        if self.reader.told and Path(given.name).name not in words:
            self._found(given, number, f"names no file: {_short(words)}", words)
        if self.reader.silent and (NIK in words or NAME in words):
            self._found(given, number, "a person in a refusal", words)

    def _told(self, given: Input, number: int, said: str) -> None:
        if NIK in said or NAME in said:
            self._found(given, number, "a person in the log", said)

    def _within(self, given: Input, number: int, spent: float, taken: float) -> None:
        self.slowest, self.largest = max(self.slowest, spent), max(self.largest, taken)
        if spent > self.reader.seconds:
            self._found(given, number, "slow", f"{spent:.1f} s of processor")
        if taken > self.reader.megabytes:
            self._found(given, number, "large", f"{taken:.0f} MB")
            gc.collect()

    def _found(self, given: Input, number: int, kind: str, words: str) -> None:
        self.done["found"] += 1
        size = self.sizes.get(kind)
        if size is None and len(self.sizes) >= MOST_FOUND:
            return
        if size is not None and size <= len(given.content):
            return
        self.sizes[kind] = len(given.content)
        name = re.sub(r"\W+", "_", kind)[:80]
        folder = self.folder / "found" / f"{self.reader.name}-{name}"
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        (folder / f"input-{Path(given.name).name}").write_bytes(given.content)
        said = {"reader": self.reader.name, "kind": kind, "name": given.name, "number": number}
        (folder / "said.json").write_text(json.dumps({**said, "words": words[-6000:]}, indent=1))


def _short(words: str) -> str:
    return re.sub(r"'[^']*'|\d+", "…", words)[:60]


def _where(error: BaseException) -> str:
    """The exception, and the last line of the program that it went through."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if "/src/tangga/" in f.filename]
    last = ours[-1] if ours else None
    place = f"{Path(last.filename).name}:{last.lineno}" if last else "outside"
    return f"{type(error).__name__} at {place}"


def _memory(*, reset: bool = False) -> float:
    """Megabytes that the process holds at most, since the last reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def _too_long(*_: object) -> None:
    raise TimeoutError


def main(name: str, seed: str, first: int, count: int, seconds: float, folder: Path) -> None:
    """Everything, in this process."""
    from fuzz_readers import reader_of

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    signal.signal(signal.SIGALRM, _too_long)
    warnings.simplefilter("ignore")
    out = sys.stdout
    done = Worker(reader_of(name), seed, folder).run(first, count, seconds)
    print(json.dumps(done), file=out, flush=True)


if __name__ == "__main__":
    reader_, seed_, first_, count_, seconds_, folder_ = sys.argv[1:]
    main(reader_, seed_, int(first_), int(count_), float(seconds_), Path(folder_))
