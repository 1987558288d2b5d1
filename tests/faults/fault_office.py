"""What the fault harness does inside of the service, in a process of its own.

    python fault_office.py sessions 4      four officers; prints the keys of their sessions as JSON
    python fault_office.py nation          one who answers for the whole register, likewise
    python fault_office.py seal            seals the trail and verifies it; prints what is wrong
    python fault_office.py loads           loads releases and dies in them, line by line:
                                           FOLDER <tab> 17        at the 17th step it reports
                                           FOLDER <tab> 2.0s      after two seconds
                                           FOLDER <tab> never     lives

After each line of `loads` it prints how the child has ended, its seconds and its steps.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "web"), str(TESTS.parent)]


def die() -> None:
    """As the kernel ends a process."""
    os.kill(os.getpid(), signal.SIGKILL)


def load(folder: str, moment: str, pipe: int) -> None:
    """One load, to the moment."""
    from tangga.web.register.commands import load_release

    seen = 0

    def progress(_step: str, _done: int, _total: int) -> None:
        nonlocal seen
        if moment == str(seen):
            die()
        seen += 1
        os.write(pipe, b".")

    if moment.endswith("s"):
        threading.Timer(float(moment[:-1]), die).start()
    load_release(Path(folder), "faults", progress)


def loads() -> None:
    """A child a line."""
    from tangga.cli.web_service import set_up_django

    set_up_django()
    import tangga.web.register.commands  # noqa: F401 - a child begins with it

    for line in sys.stdin:
        read, write = os.pipe()
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            try:
                load(*line.rstrip("\n").split("\t"), pipe=write)
                os._exit(0)
            finally:
                os._exit(7)
        os.close(write)
        status = os.waitpid(child, 0)[1]
        steps = len(os.read(read, 1 << 16))
        os.close(read)
        print(json.dumps([status, time.monotonic() - began, steps]), flush=True)


def sessions(many: int) -> None:
    """Officers of one regency, each with a session as after the second factor."""
    from bench.web_login import session_of
    from users import make_user

    from tangga.cli.web_service import set_up_django

    set_up_django()
    people = [make_user("operator_kabkota", "1811", username=f"petugas-{n}") for n in range(many)]
    print(json.dumps([session_of(one) for one in people]))


def nation() -> None:
    """Who answers for the whole register."""
    from bench.web_login import session_of
    from users import make_user

    from tangga.cli.web_service import set_up_django

    set_up_django()
    print(json.dumps([session_of(make_user("kemensos", ""))]))


def seal() -> None:
    """What the worker does each minute, and what `tangga web verify-audit` asks."""
    from tangga.cli.web_service import set_up_django

    set_up_django()
    from tangga.web.audit.seal import seal_now
    from tangga.web.audit.verify import verify_audit

    made = seal_now()
    print(json.dumps([made is not None, [one.what for one in verify_audit()]]))


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    {"loads": loads, "nation": nation, "seal": seal, "sessions": sessions}[what](*map(int, rest))
