"""People and households from one CSV file, beside openIMIS: `python -m bench.imis`. See README.md.

The same invented people go into openIMIS's own import (bench/imis_peer.py, its packages in an
environment of their own, a PostgreSQL of ours) and into `tangga run`.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import math
import os
import shutil
import subprocess
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import psutil
import psycopg
from psycopg import sql

from bench import commands, tree
from bench.data import SOURCES
from bench.memory import postmaster
from bench.register import machine, said, take_program
from bench.web_load import cpu
from tangga.synthetic import generate
from tangga.web.database.postgres import Server, start

LOCK = commands.ROOT / "bench" / "imis.lock"
PEER = commands.ROOT / "bench" / "imis_peer.py"
SOURCE = "regsosek"
SHARE = 0.8
"""Of the invented people, somewhat more than this are in SOURCE."""
TEMPLATE, DATABASE = "imis_empty", "imis"
ROLES = {"1": ("HEAD", "HEAD"), "2": ("SPOUSE", "SPOUSE"), "3": ("SON", "DAUGHTER"),
         "5": ("GRANDSON", "GRANDDAUGHTER"), "6": ("FATHER", "MOTHER")}  # fmt: skip
"""The source's word for the relation to openIMIS's, of a man and of a woman."""
UNKNOWN_DAY = "1900-01-01"
PEOPLE, GROUPS = "people alone", "people and groups"
HEADINGS = ("what", "records", "persons, households", "CPU-s", "of them PostgreSQL", "seconds",
            "peak GB", "openIMIS : ours, CPU")  # fmt: skip
Found = dict[str, Any]


def invent(folder: Path, people: int, seed: int) -> Path:
    """A workspace of three sources whose SOURCE has at least so many records; made once."""
    workspace = folder / f"imis-{people}-{seed}"
    if not (workspace / "truth.csv").exists():
        shutil.rmtree(workspace, ignore_errors=True)
        generate(math.ceil(people / SHARE), seed, workspace, sources=SOURCES)
    return workspace


def cut(whole: Path, folder: Path, people: int) -> Path:
    """A workspace of the first so many records of SOURCE alone, under the same settings."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder, ignore=shutil.ignore_patterns("runs", "data", "sources"))
    for name in (f"data/{SOURCE}.csv", f"sources/{SOURCE}.toml"):
        (folder / name).parent.mkdir()
        with (whole / name).open("rb") as lines, (folder / name).open("wb") as file:
            file.writelines(islice(lines, people + 1) if name.endswith("csv") else lines)
    return folder


def for_peer(records: Path, file: Path, *, groups: bool) -> Found:
    """The same records in its columns; says how many it would not have taken as they are.

    One person of one name, or of no date, and it refuses the whole file: these get a dash and a
    day. Without `groups` it is told no codes, so it makes none.
    """
    columns = ["first_name", "last_name", "dob", "nik", "sex", "address"]
    changed = {"one_name": 0, "no_day": 0}
    with records.open(newline="") as lines, file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*columns, *(["group_code", "individual_role"] if groups else [])])
        for row in csv.DictReader(lines):
            first, *rest = row["nama_art"].split(maxsplit=1) or ["-"]
            born = _born(row)
            changed["one_name"] += not rest
            changed["no_day"] += born is None
            woman = row["jk"] == "2"
            role = ROLES.get(row["status_hub"], ("OTHER_RELATIVE", "OTHER_RELATIVE"))[woman]
            known = [first, *(rest or ["-"]), born or UNKNOWN_DAY, row["nik"], "LP"[woman]]
            home = [row["id_keluarga"], role] if groups else []
            writer.writerow([*known, row["alamat"], *home])
    return changed


def _born(row: dict[str, str]) -> str | None:
    try:
        day = dt.date(*(int(row[f"lahir_{part}"]) for part in ("thn", "bln", "tgl")))
    except ValueError:
        return None
    return day.isoformat()


def environment(folder: Path) -> str:
    """Its interpreter, with the packages of the lock; made once."""
    python = folder / "openimis" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "openimis", with_pip=True)
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(install, check=True)
    return str(python)


@contextmanager
def database(folder: Path, python: str) -> Iterator[Server]:
    """A server with its empty tables in TEMPLATE; commits do not wait for the disk."""
    shutil.rmtree(folder / "imis-postgres", ignore_errors=True)
    server = start(folder / "imis-postgres")
    os.environ |= {"PGHOST": str(server.socket), "PGPORT": "5432", "PGUSER": "postgres"}
    os.environ |= {"PGOPTIONS": "-c synchronous_commit=off", "PGDATABASE": TEMPLATE}
    try:
        _again(server, TEMPLATE, "template0")
        tree.run([python, str(PEER), "tables"], log=folder / "imis-tables.txt")
        os.environ["PGDATABASE"] = DATABASE
        yield server
    finally:
        server.stop()


def _again(server: Server, name: str, template: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as con:
        con.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        names = (sql.Identifier(name), sql.Identifier(template))
        con.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def peer(server: Server, python: str, file: Path) -> Found:
    """Its import of a file into empty tables: its process, and all that the server did for it."""
    _again(server, DATABASE, TEMPLATE)
    out, log = file.with_suffix(".json"), file.with_suffix(".txt")
    process = psutil.Process(postmaster(server.data))
    before = cpu(process)
    with tree.peak(process.pid) as most:
        cost = tree.run([python, str(PEER), "import", str(file), str(out)], log=log)
    found: Found = asdict(cost) | json.loads(out.read_text(encoding="utf-8"))
    found["cpu_client"], found["cpu_server"] = cost.cpu_seconds, round(cpu(process) - before, 2)
    found["cpu_seconds"] = round(found["cpu_client"] + found["cpu_server"], 2)
    found["peak_bytes"] = cost.peak_bytes + most.bytes
    if found["status"] != "SUCCESS":
        raise tree.Failed(f"openIMIS ended with {found['status']}: {found['error']}")
    return found


def ours(workspace: Path) -> Found:
    """From the files to persons and families, in a process of its own."""
    shutil.rmtree(workspace / "runs", ignore_errors=True)
    command = tree.python("tangga", "run", str(workspace), "--full", "--until", "resolve")
    cost = tree.run(command, log=workspace / "log.txt")
    found: Found = asdict(cost)
    [run] = (workspace / "runs").glob("[0-9]*")
    folder = run / "resolve"
    with duckdb.connect() as con:
        for table in ("persons", "families", "crosswalk"):
            told = con.execute(f"SELECT count(*) FROM '{folder}/{table}/part-*.parquet'")
            found[table] = told.fetchall()[0][0]
    return found


def measure(options: argparse.Namespace) -> Found:
    """Ours of everybody, then pairs in turn for each size that the peer is given."""
    say: Callable[[str], None] = said if not options.quiet else (lambda _: None)
    work = options.dir / "imis"
    work.mkdir(parents=True, exist_ok=True)
    result: Found = {"machine": machine(), "program": take_program(work), "pairs": []}
    say(f"{options.people:,} people in {SOURCE}, and the other sources (once)")
    whole = invent(options.dir, options.people, options.seed)
    one = cut(whole, work / "ours-one", options.people)
    for name, workspace in (("one", one), ("three", whole)):
        if name not in options.only:
            continue
        say(f"ours, {name} of the sources, {options.repeat} times and once to warm up")
        result[name] = middle([ours(workspace) for _ in range(options.repeat + 1)][1:])
    sizes = [("groups", n) for n in options.groups] + [("people", n) for n in options.alone]
    if "openimis" in options.only:
        python = environment(options.dir)
        with database(work, python) as server:
            for kind, size in sizes:
                result["pairs"].append(pair(server, python, whole, work, kind, size, options, say))
    result["load_average"] = os.getloadavg()
    return result


def pair(
    server: Server,
    python: str,
    whole: Path,
    work: Path,
    kind: str,
    size: int,
    options: argparse.Namespace,
    say: Callable[[str], None],
) -> Found:
    """The peer and ours in turn on the first `size` people, after one of ours to warm up."""
    workspace = cut(whole, work / f"ours-{size}", size)
    file = work / f"{kind}-{size}.csv"
    changed = for_peer(workspace / "data" / f"{SOURCE}.csv", file, groups=kind == "groups")
    ours(workspace)
    theirs, here = [], []
    for number in range(options.repeat):
        say(f"{size:,} people, {kind}: pair {number + 1} of {options.repeat}")
        theirs.append(peer(server, python, file))
        here.append(ours(workspace))
        say(f"openIMIS {theirs[-1]['cpu_seconds']}, ours {here[-1]['cpu_seconds']} CPU-seconds")
    found = {"kind": kind, "people": size, "changed": changed, "load_average": os.getloadavg()}
    found |= {"openimis": middle(theirs), "ours": middle(here)}
    ratio = found["openimis"]["cpu_seconds"] / found["ours"]["cpu_seconds"]
    return found | {"ratio": round(ratio, 1)}


def middle(found: list[Found]) -> Found:
    """The medians of what was measured; counts are those of the last."""
    measured = ("seconds", "cpu_seconds", "cpu_client", "cpu_server", "peak_bytes")
    medians = {key: median(f[key] for f in found) for key in measured if key in found[0]}
    return found[-1] | medians | {"times": len(found)}


def markdown(result: Found) -> str:
    """The figures as a table, a line a measurement."""
    lines = [f"| {' | '.join(HEADINGS)} |", "| --- " * len(HEADINGS) + "|"]
    for one in result["pairs"]:
        what = GROUPS if one["kind"] == "groups" else PEOPLE
        there, here = one["openimis"], one["ours"]
        made = f"{there['Individual']:,}, {there['Group']:,}"
        lines.append(_line(f"openIMIS, {what}", one["people"], made, there, f"{one['ratio']} : 1"))
        lines.append(_line("ours", one["people"], _made(here), here, ""))
    for name in ("one", "three"):
        if name not in result:
            continue
        what, found = f"ours, {name} of the sources", result[name]
        lines.append(_line(what, found["crosswalk"], _made(found), found, ""))
    return "\n".join([*lines, *_growth(result["pairs"])]) + "\n"


def _line(what: str, people: int, made: str, found: Found, ratio: str) -> str:
    cells = (what, f"{people:,}", made, found["cpu_seconds"], found.get("cpu_server", ""))
    rest = (found["seconds"], round(found["peak_bytes"] / 1e9, 2), ratio)
    return "| " + " | ".join(str(cell) for cell in (*cells, *rest)) + " |"


def _made(found: Found) -> str:
    return f"{found['persons']:,}, {found['families']:,}"


def _growth(pairs: list[Found]) -> list[str]:
    """How CPU-seconds grow with people, between the smallest and the largest of a kind."""
    lines = []
    for kind, what in (("groups", GROUPS), ("people", PEOPLE)):
        known = sorted((p for p in pairs if p["kind"] == kind), key=lambda p: p["people"])
        if len(known) < 2:
            continue
        small, large = known[0], known[-1]
        power = math.log(large["openimis"]["cpu_seconds"] / small["openimis"]["cpu_seconds"])
        power /= math.log(large["people"] / small["people"])
        each = 1000 * large["openimis"]["cpu_seconds"] / large["people"]
        grow = f"openIMIS, {what}: CPU-seconds grow as records to the power {power:.2f}"
        lines += ["", f"{grow}; {each:.0f} CPU-ms a record at {large['people']:,}."]
    return lines


PARTS = ("openimis", "one", "three")


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="bench.imis", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--groups", type=int, nargs="*", default=[250, 1000], metavar="N")
    parser.add_argument("--alone", type=int, nargs="*", default=[1000, 10_000], metavar="N")
    commands.add_common(parser, PARTS, PARTS)
    return parser.parse_args(given)


def main() -> None:
    """Measure, print the table, and write JSON and Markdown where asked."""
    commands.run(arguments(), measure, markdown)


if __name__ == "__main__":
    main()
