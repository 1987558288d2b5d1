"""How fast the service answers with a million people, on loopback.

    python -m bench.web_release var/bench/million --source RELEASE --people 1000000
    python -m bench.web --release var/bench/million --dir var/bench/web --out var/bench/web

Starts PostgreSQL and the service as an office would (granian, two workers), asks with a few kept
connections for a bounded time, and prints each figure beside what is aimed at, and as a share of
what the barest view of Django answers in the same run.
"""

from __future__ import annotations

import base64
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from bench import commands
from bench.memory import postmaster
from bench.web_client import Measured, Request, measure
from tangga.web.serving.processes import Listening, answering, free_port, is_free

ROOT = Path(__file__).parents[1]
AIMS: dict[str, tuple[str, float]] = {
    "number": ("p95_ms", 100.0),
    "family": ("p95_ms", 100.0),
    "name": ("p95_ms", 300.0),
    "name_word": ("p95_ms", 300.0),
    "name_full": ("p95_ms", 300.0),
    "dashboard": ("p95_ms", 150.0),
    "dashboard_nation": ("p95_ms", 150.0),
}
FAMILY_PAGES_A_SECOND = 150.0
WORKERS = 2


def prepare(folder: Path, release: Path) -> str:
    """The URL of a database with the release in force; loaded once and kept in the folder."""
    from tangga.web.database.bootstrap import bootstrap
    from tangga.web.database.postgres import start

    url = bootstrap(start(folder / "postgres").url("postgres"))
    os.environ.update(
        DATABASE_URL=url,
        TANGGA_SECRET_KEY="of-the-bench-" + "x" * 40,  # pragma: allowlist secret
        TANGGA_FIELD_KEY=base64.b64encode(bytes(range(32))).decode(),
        TANGGA_INSECURE_HTTP="yes",
        TANGGA_DEMO="yes",
        TANGGA_VAR=str(folder / "var"),
        DJANGO_SETTINGS_MODULE="tangga.web.settings",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from tangga.web.register import commands

    if not any(one.state == "in_force" for one in commands.list_releases()):
        commands.approve_release(commands.load_release(release, by="bench").number, by="approver")
    return url


@contextmanager
def served(target: str) -> Iterator[tuple[int, int]]:
    """A WSGI application as the service is served: its port on loopback, and its process."""
    listening = Listening(port=free_port("127.0.0.1", 8600), workers=WORKERS)
    service = answering(listening, dict(os.environ))
    process = subprocess.Popen([*service.command[:-1], target], cwd=ROOT)
    try:
        _wait(listening.port)
        yield listening.port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int) -> None:
    limit = time.monotonic() + 60
    while is_free("127.0.0.1", port):
        if time.monotonic() > limit:
            raise SystemExit("the service did not start")
        time.sleep(0.1)


def run(
    url: str, database: int, connections: int, seconds: float, only: list[str]
) -> dict[str, Any]:
    """Every kind of question, and the bare view before them. database: PostgreSQL's process."""
    from bench.web_questions import questions

    asked = {kind: found for kind, found in questions(url).items() if not only or kind in only}
    bare = [Request("/")]
    with served("bench.web_bare:application") as (port, _):
        measure(port, bare, connections=connections, seconds=2)
        before = measure(port, bare, connections=connections, seconds=min(5.0, seconds))
    found: dict[str, dict[str, float]] = {}
    with served("tangga.web.wsgi:application") as (port, service):
        for kind, requests in asked.items():
            measure(port, requests, connections=connections, seconds=2)
            began = _cpu_seconds(service, database)
            measured = measure(port, requests, connections=connections, seconds=seconds)
            ended = _cpu_seconds(service, database)
            used = [now - then for now, then in zip(ended, began, strict=True)]
            found[kind] = measured.figures() | _each(measured, used)
    return {
        "connections": connections,
        "workers": WORKERS,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "bare": before.figures(),
        **found,
    }


def _cpu_seconds(*roots: int) -> tuple[float, ...]:
    """Of each process and all below it, so far: steadier than time on the clock."""
    return tuple(sum(map(_used, _tree(root))) for root in roots)


def _tree(root: int) -> list[psutil.Process]:
    process = psutil.Process(root)
    return [process, *process.children(recursive=True)]


def _used(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        times = process.cpu_times()
        return times.user + times.system
    return 0.0


def _each(measured: Measured, used: list[float]) -> dict[str, float]:
    answers = max(1, len(measured.milliseconds))
    service, database = (round(1000 * seconds / answers, 1) for seconds in used)
    return {"cpu_ms": service, "database_cpu_ms": database}


def table(result: Mapping[str, Any]) -> str:
    """The figures as Markdown, each beside its aim."""
    heads = ("what", "a second", "p50 ms", "p95 ms", "p99 ms", "kB", "CPU ms", "PostgreSQL ms")
    heads += ("of the bare view", "aim")
    rows = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    bare = result["bare"]["a_second"]
    for kind, one in result.items():
        if not isinstance(one, dict):
            continue
        share = f"1/{bare / one['a_second']:.0f}" if one["a_second"] else "–"
        cells = [kind, *(one[key] for key in ("a_second", "p50_ms", "p95_ms", "p99_ms"))]
        cells += [one["kilobytes"], one.get("cpu_ms", ""), one.get("database_cpu_ms", "")]
        rows.append(f"| {' | '.join(map(str, [*cells, share, _aim(kind)]))} |")
    return "\n".join(rows) + "\n"


def _aim(kind: str) -> str:
    aim = f"p95 < {AIMS[kind][1]:.0f} ms" if kind in AIMS else ""
    return f"{aim}, ≥ {FAMILY_PAGES_A_SECOND:.0f}/s" if kind == "family" else aim


def main() -> None:
    """Read the arguments, measure, print."""
    parser = commands.of_release(__doc__, "var/bench/web")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--only", nargs="*", default=[])
    given = parser.parse_args()
    url = prepare(given.dir, given.release)
    result = run(
        url, postmaster(given.dir / "postgres"), given.connections, given.seconds, given.only
    )
    commands.keep(given.out, result, table(result))


if __name__ == "__main__":
    main()
