"""How long a release takes into PostgreSQL, beside a plain COPY of its persons in the same run.

    python -m bench.web_load --source RELEASE --people 1000000 --dir var/bench/web

A server of our own is made in `--dir`. CPU-seconds are those of this process and of every process
of the server, user and system; they are steadier than seconds on a machine that others use.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pyarrow.csv as csv
import pyarrow.parquet as pq
from psycopg import sql

from bench.memory import on_disk, postmaster, watched
from bench.web_release import make
from tangga.registry.areas import load_areas
from tangga.registry.load import load_pack
from tangga.web.database.bootstrap import bootstrap
from tangga.web.database.postgres import Server, start
from tangga.web.register import loading
from tangga.web.register.loading import Service
from tangga.web.register.loading.transform import pg_type
from tangga.web.secrets import Secrets

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # pragma: allowlist secret
AIM = 90.0
"""Seconds for a million people."""

GB = 1e9
HEADS = ("what", "seconds", "CPU-s loader", "CPU-s server", "x plain COPY of persons (CPU)")
HEADS += ("peak GB loader", "server", "both", "aim")
PEAKS = ("peak_loader", "peak_server", "peak")
Found = dict[str, Any]


def measure(release: Path, folder: Path, *, once: bool = False) -> Found:
    """COPY its persons, load it, and unless `once` again, with a former one to compare with."""
    shutil.rmtree(folder / "postgres", ignore_errors=True)
    busy = os.getloadavg()[0]
    server = start(folder / "postgres")
    try:
        url = bootstrap(server.url("postgres"))
        _as_a_service(url)
        with psycopg.connect(url, autocommit=True) as con:
            plain = timed(server, lambda: copy_persons(con, release))
            first, steps = loaded(server, con, release)
            second = None if once else loaded(server, con, release)[0]
    finally:
        server.stop()
    said = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["tables"]
    log = folder / "postgres/cluster/pg_wal"
    return {
        "people": said["persons"]["rows"],
        "families": said["families"]["rows"],
        "rows": sum(table["rows"] for table in said.values()),
        "cores": os.cpu_count(),
        "load_average_before": busy,
        "load_average": os.getloadavg()[0],
        "copy_persons": plain,
        "load": first,
        "load_with_a_former_one": second,
        "steps": steps,
        "release_bytes": on_disk(release),
        "database_bytes": on_disk(folder / "postgres") - on_disk(log),
        "log_bytes": on_disk(log),
    }


def _as_a_service(url: str) -> None:
    """The steps that make figures read the policy as the service does."""
    os.environ |= {
        "DATABASE_URL": url,
        "TANGGA_SECRET_KEY": "of-the-bench",  # pragma: allowlist secret
        "TANGGA_FIELD_KEY": KEY,
        "DJANGO_SETTINGS_MODULE": "tangga.web.settings",
    }


def loaded(server: Server, con: psycopg.Connection[Any], release: Path) -> tuple[Found, Found]:
    """One load, put in force; and the seconds of its steps."""
    pack = load_pack("indonesia")
    service = Service(pack, load_areas(pack.dir), Secrets.of(KEY))
    steps: dict[str, float] = {}
    last = [time.monotonic()]

    def progress(what: str, _done: int, _of: int) -> None:
        now = time.monotonic()
        steps[what] = steps.get(what, 0.0) + now - last[0]
        last[0] = now

    def load() -> None:
        entry = loading.load(
            release, connection=con, by="bench", service=service, progress=progress
        )
        loading.approve(entry.number, connection=con, by="another")
        loading.switch(entry.number, connection=con, by="another")

    found = timed(server, load)
    return found, {name: round(seconds, 1) for name, seconds in steps.items()}


def copy_persons(con: psycopg.Connection[Any], release: Path) -> None:
    """What the release's largest table of people costs by itself: one COPY, nothing else."""
    file = pq.ParquetFile(release / "persons.parquet")
    types = json.loads((release / "manifest.json").read_text())["tables"]["persons"]["columns"]
    names = file.schema_arrow.names
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(pg_type(name, types[name]["type"])))
        for name in names
    )
    with con.transaction(), con.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TABLE plain ({})").format(columns))
        with cursor.copy("COPY plain FROM STDIN (FORMAT csv)") as copy:
            for text in _texts(file):
                copy.write(text)
    con.execute("DROP TABLE plain")


def _texts(file: pq.ParquetFile) -> Iterator[bytes]:
    import pyarrow as pa

    for batch in file.iter_batches(50_000):
        sink = pa.BufferOutputStream()
        csv.write_csv(batch, sink, csv.WriteOptions(include_header=False))
        yield sink.getvalue().to_pybytes()


def timed(server: Server, work: Callable[[], None]) -> Found:
    """Seconds, and CPU-seconds here and in the server."""
    with _watched(server) as found:
        work()
    return found


@contextmanager
def _watched(server: Server) -> Iterator[Found]:
    process = psutil.Process(postmaster(server.data))
    found: Found = {}
    wall, here, there = time.monotonic(), time.process_time(), cpu(process)
    with watched(os.getpid(), process.pid) as peak:
        yield found
    found["seconds"] = round(time.monotonic() - wall, 1)
    found["cpu_loader"] = round(time.process_time() - here - peak.cpu, 1)
    found["cpu_server"] = round(cpu(process) - there, 1)
    found["peak_loader"] = peak.bytes[os.getpid()]
    found["peak_server"] = peak.bytes[process.pid]
    found["peak"] = peak.bytes["all"]


def cpu(process: psutil.Process) -> float:
    """CPU-seconds of a server: its own, of children that ended, and of those that run."""
    spent = sum(process.cpu_times()[:4])
    for child in process.children(recursive=True):
        try:
            spent += sum(child.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return float(spent)


def markdown(found: Found) -> str:
    """The figures as a table."""
    plain = found["copy_persons"]
    busy = f"{found['load_average_before']:.1f} before, {found['load_average']:.1f} at the end"
    alone = plain["cpu_loader"] + plain["cpu_server"]
    aimed = f"<= {AIM * found['people'] / 1e6:.0f} s"
    lines = [
        f"{found['people']:,} people, {found['families']:,} families, {found['rows']:,} rows.",
        f"{found['cores']} cores; load average {busy}.",
        "",
        f"| {' | '.join(HEADS)} |",
        "| --- " * len(HEADS) + "|",
    ]
    for name, aim in (
        ("copy_persons", ""),
        ("load", aimed),
        ("load_with_a_former_one", aimed),
    ):
        one = found[name]
        if one is None:
            continue
        ratio = (one["cpu_loader"] + one["cpu_server"]) / alone
        lines.append(
            f"| {name} | {one['seconds']} | {one['cpu_loader']} | {one['cpu_server']} "
            f"| {ratio:.1f} | {' | '.join(f'{one[peak] / GB:.1f}' for peak in PEAKS)} | {aim} |"
        )
    disk = [f"{found[f'{what}_bytes'] / GB:.1f} GB" for what in ("release", "database", "log")]
    lines += ["", "On disk: release {}, database {}, its log {}.".format(*disk)]
    return "\n".join([*lines, "", f"Steps of the first load, seconds: {found['steps']}", ""])


def main() -> None:
    """Make the release where it is missing, measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="a small release to repeat")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--dir", type=Path, default=Path("var/bench/web"))
    parser.add_argument("--once", action="store_true", help="needs half of the disk")
    given = parser.parse_args()
    release = given.dir / f"release-{given.people}"
    if not (release / "manifest.json").is_file():
        make(release, given.source, given.people)
    found = measure(release, given.dir, once=given.once)
    (given.dir / "load.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (given.dir / "load.md").write_text(markdown(found), encoding="utf-8")
    print(markdown(found))


if __name__ == "__main__":
    main()
