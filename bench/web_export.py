"""How long a list takes out of the service as a workbook, at the limits of the roles.

    python -m bench.web_export --release var/bench/web/release-3000000 --dir var/bench/web

One workbook at a time, while one companion asks for pages of families, with the service as an
office runs it: rows a second, memory of the service, and what the pages take meanwhile.
"""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from bench import commands
from bench.memory import postmaster, watched
from bench.web import _cpu_seconds, prepare, served
from bench.web_client import HOST, Measured, Request, measure
from bench.web_questions import _session, questions

PATIENCE = 1800.0
"""Seconds until a workbook is given up."""

PLACES = """
SELECT left(area, {digits}), count(*) FROM family_index WHERE length(area) = 10
GROUP BY 1 HAVING count(*) <= {most} ORDER BY count(*) DESC, 1 LIMIT 1
"""
ROLES = {"operator_kabkota": (4, 200_000), "dinas_provinsi": (2, 500_000)}
"""Role -> digits of its areas, and rows that it may take out in one file (access/roles.toml)."""


@dataclass(frozen=True)
class Wanted:
    """A workbook: of which list, by whom, where."""

    list: str
    role: str
    area: str
    within: str = ""

    def request(self) -> Request:
        """What is asked of the service."""
        narrowed = f"?wilayah={self.within}" if self.within else ""
        return Request(f"/daftar/{self.list}/xlsx/{narrowed}", None, _session(self.role, self.area))

    @property
    def words(self) -> str:
        """For the table."""
        return f"{self.list}, {self.role} {self.within or self.area or 'nation'}"


def wanted(url: str) -> list[Wanted]:
    """A district's, a regency's, a province's and the nation's families."""
    with psycopg.connect(url) as con:
        schema = con.execute("SELECT 'r_' || number FROM register_current").fetchone()[0]
        con.execute(f"SET search_path = {schema}, public")
        found = []
        for role, (digits, most) in ROLES.items():
            row = con.execute(PLACES.format(digits=digits, most=most)).fetchone()
            found += [Wanted("families", role, row[0])] if row else []
        district = con.execute(PLACES.format(digits=6, most=200_000)).fetchone()[0]
    return [
        Wanted("families", "operator_kabkota", district[:4], district),
        *found,
        Wanted("families", "kemensos", ""),
    ]


def taken(port: int, one: Wanted) -> tuple[int, int, int]:
    """Ask for a workbook: status, rows, bytes."""
    request = one.request()
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    connection.request("GET", request.path, headers=request.headers)
    answer = connection.getresponse()
    size = 0
    while block := answer.read(1 << 20):
        size += len(block)
    connection.close()
    return answer.status, int(answer.getheader("X-Rows") or 0), size


def run(url: str, database: int) -> dict[str, Any]:
    """Every workbook in turn. database: PostgreSQL's process."""
    pages = questions(url)["family"]
    found = []
    with served("tangga.web.wsgi:application") as (port, service):
        measure(port, pages, connections=1, seconds=3)
        alone = measure(port, pages, connections=1, seconds=5)
        for one in wanted(url):
            beside = _Beside(port, pages)
            began, clock = _cpu_seconds(service, database), time.monotonic()
            with watched(service) as peak:
                beside.start()
                status, rows, size = taken(port, one)
                seconds = time.monotonic() - clock
                beside.ended.set()
                beside.join()
            used = [b - a for a, b in zip(began, _cpu_seconds(service, database), strict=True)]
            found.append(
                {
                    "what": one.words,
                    "status": status,
                    "rows": rows,
                    "megabytes": round(size / 1e6, 1),
                    "seconds": round(seconds, 1),
                    "rows_a_second": round(rows / seconds),
                    "cpu_service": round(used[0], 1),
                    "cpu_database": round(used[1], 1),
                    "peak_service": peak.bytes["all"],
                    "pages": beside.figures(),
                    "load": round(os.getloadavg()[0], 1),
                }
            )
            print(found[-1], flush=True)
    return {"exports": found, "pages_alone": alone.figures(), "cores": os.cpu_count()}


class _Beside(threading.Thread):
    """Pages of families over one connection, five seconds at a time, until told to end."""

    def __init__(self, port: int, pages: Sequence[Request]) -> None:
        super().__init__(daemon=True)
        self.port, self.pages = port, pages
        self.ended = threading.Event()
        self.milliseconds: list[float] = []
        self.wrong = 0

    def run(self) -> None:
        while not self.ended.is_set():
            one = measure(self.port, self.pages, connections=1, seconds=1)
            self.milliseconds += one.milliseconds
            self.wrong += one.wrong

    def figures(self) -> dict[str, float]:
        return Measured(tuple(self.milliseconds), 1.0, 0, self.wrong).figures()


def table(found: Sequence[dict[str, Any]]) -> str:
    """The figures as Markdown; CPU-seconds of the service hold those of the pages beside."""
    heads = ("workbook", "rows", "MB", "seconds", "rows a second", "CPU-s service")
    heads += ("CPU-s PostgreSQL", "peak GB service", "pages beside p50 / p95 / p99 ms", "load")
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for one in found:
        pages = one["pages"]
        beside = " / ".join(str(pages[key]) for key in ("p50_ms", "p95_ms", "p99_ms"))
        cells = [one["what"], f"{one['rows']:,}", one["megabytes"], one["seconds"]]
        cells += [f"{one['rows_a_second']:,}", one["cpu_service"], one["cpu_database"]]
        cells += [f"{one['peak_service'] / 1e9:.2f}", beside, one["load"]]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the arguments, measure, print."""
    parser = commands.of_release(__doc__, "var/bench/web")
    given = parser.parse_args()
    result = run(prepare(given.dir, given.release), postmaster(given.dir / "postgres"))
    commands.keep(given.out, result, table(result["exports"]))


if __name__ == "__main__":
    main()
