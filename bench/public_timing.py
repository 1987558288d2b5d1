"""Whether a stopwatch tells who is in the register: `/cek/` asked of a known and an unknown number.

    python -m bench.public_timing --pairs 1000 --dir var/bench/timing --out var/bench/timing/result

Makes a small release of invented people and loads it, or keeps the one that is there. Asked are
pairs: a number that somebody bears, with another name or birth date, and one that nobody bears. Who
comes first changes from pair to pair, and what else the machine does meets both alike. Once without
the even pace of the answers (what the work itself takes), once with it (what anybody outside sees).

Writes NAME.json, NAME.md (a table) and NAME.svg (a figure). Asked in one process without a network:
what a network adds only hides more.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import statistics
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench.web import prepare

PEOPLE, AREAS = 1200, ("1811", "1771")
FORGET = "DELETE FROM public_tries"
KNOWN = """
SELECT p.nik, p.birth_date, p.name FROM persons AS p
WHERE p.nik IS NOT NULL AND p.birth_date IS NOT NULL AND p.status = 'active'
ORDER BY p.person_id
"""
ANOTHER_NAME, ANOTHER_DAY = "Bukan Namanya", "01-01-1931"
WAYS = ("another name", "another birth date")


@dataclass(frozen=True)
class Found:
    """Pairs of milliseconds of one way: a number of somebody's, and one of nobody's."""

    way: str
    paced: bool
    pairs: list[tuple[float, float]]

    def figures(self) -> dict[str, float]:
        """Medians, the median of the differences with its 95 % interval, and in how many pairs the
        known number took longer: 0.5 is what a coin would say."""
        gaps = sorted(known - unknown for known, unknown in self.pairs)
        low, high = interval(gaps)
        return {
            "pairs": len(gaps),
            "known_ms": round(statistics.median(known for known, _ in self.pairs), 3),
            "unknown_ms": round(statistics.median(unknown for _, unknown in self.pairs), 3),
            "difference_ms": round(statistics.median(gaps), 3),
            "from_ms": round(low, 3),
            "to_ms": round(high, 3),
            "known_slower": round(sum(gap > 0 for gap in gaps) / len(gaps), 3),
        }


def interval(ordered: list[float]) -> tuple[float, float]:
    """The 95 % interval of a median, from the order of the values alone (binomial, normal)."""
    many = len(ordered)
    away = 0.98 * math.sqrt(many)
    first = max(0, math.floor(many / 2 - away))
    last = min(many - 1, math.ceil(many / 2 + away))
    return ordered[first], ordered[last]


def release(folder: Path) -> Path:
    """A published release of invented people, made once."""
    from tangga.cli.demo_ladder import set_cap_in_force
    from tangga.engine.current import last_complete
    from tangga.engine.run import run_workspace
    from tangga.synthetic import generate

    workspace = folder / "workspace"
    if not (workspace / "runs" / "CURRENT").exists():
        generate(PEOPLE, 1, workspace, AREAS)
        set_cap_in_force(workspace)
        run_workspace(workspace, full=True)
    return Path(last_complete(workspace)) / "publish" / "release"


def asked(url: str, way: str, pairs: int, seed: int = 1) -> list[tuple[dict[str, str], ...]]:
    """So many pairs of forms, each as it is filled in."""
    import psycopg

    from tangga.web.secrets import unseal

    chance = random.Random(seed)
    with psycopg.connect(url) as con:
        number = con.execute("SELECT number FROM register_current").fetchone()[0]
        con.execute(f"SET search_path = r_{number}, public")
        people = con.execute(KNOWN.encode()).fetchall()
    found = []
    for n in range(pairs):
        nik, born, name = chance.choice(people)
        known = {"nik": unseal(bytes(nik)), "lahir": f"{born:%d-%m-%Y}", "nama": name}
        known |= {"nama": ANOTHER_NAME} if way == WAYS[0] else {"lahir": ANOTHER_DAY}
        found.append((known, {**known, "nik": f"9101015708{n:06}"}))
    return found


def measured(url: str, way: str, pairs: int, paced: bool) -> Found:
    """The milliseconds of each pair."""
    import psycopg
    from django.test import Client

    from tangga.web.public import pace

    real, client = pace.wait, Client()
    pace.wait = real if paced else lambda began: None
    took: list[tuple[float, float]] = []
    try:
        with psycopg.connect(url, autocommit=True) as con:
            for n, pair in enumerate(asked(url, way, pairs + 20)):
                con.execute(FORGET)
                one = [0.0, 0.0]
                for which in (0, 1) if n % 2 else (1, 0):
                    began = time.perf_counter()
                    assert client.post("/cek/", pair[which]).status_code == 200
                    one[which] = 1000 * (time.perf_counter() - began)
                took.append((one[0], one[1]))
    finally:
        pace.wait = real
    return Found(way, paced, took[20:])


def table(found: list[Found], about: str) -> str:
    """The figures as Markdown."""
    head = ("asked with", "pace", "pairs", "known, ms", "unknown, ms", "difference, ms (95 %)",
            "known slower")  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for one in found:
        said = one.figures()
        gap = f"{said['difference_ms']:+.3f} ({said['from_ms']:+.3f} to {said['to_ms']:+.3f})"
        cells = (one.way, "even" if one.paced else "none", str(said["pairs"]))
        times = (f"{said['known_ms']:.2f}", f"{said['unknown_ms']:.2f}", gap)
        lines.append("| " + " | ".join((*cells, *times, f"{said['known_slower']:.1%}")) + " |")
    return f"{about}\n\n" + "\n".join(lines) + "\n"


def drawn(found: list[Found]) -> Any:
    """Shares of answers given by a time: two lines that lie on each other tell nothing."""
    import altair as alt

    rows = []
    for one in found:
        place = f"{one.way}, {'even pace' if one.paced else 'without the pace'}"
        for name, at in (("known", 0), ("unknown", 1)):
            times = sorted(pair[at] for pair in one.pairs)
            # A point a percent is enough to draw; the last one, which is chance, is left out.
            for percent in range(100):
                when = times[percent * len(times) // 100]
                rows.append({"asked": place, "number": name, "ms": when, "share": percent})
    chart = alt.Chart(alt.Data(values=rows)).mark_line(interpolate="step-after")
    return (
        chart.encode(
            x=alt.X("ms:Q", title="milliseconds", scale=alt.Scale(zero=False)),
            y=alt.Y("share:Q", title="answered, %"),
            color=alt.Color("number:N", title="number"),
            strokeDash=alt.StrokeDash("number:N", title="number"),
        )
        .properties(width=260, height=150)
        .facet(facet=alt.Facet("asked:N", title=None), columns=2)
        .resolve_scale(x="independent")
    )


def main() -> None:
    """Read the arguments, measure, write the table and the figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=1000, help="pairs a way, without the pace")
    parser.add_argument("--paced", type=int, default=100, help="pairs a way, with the pace")
    parser.add_argument("--dir", type=Path, default=Path("var/bench/timing"))
    parser.add_argument("--out", type=Path, default=Path("var/bench/timing/result"))
    given = parser.parse_args()
    given.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ.setdefault("TANGGA_HOSTS", "testserver,localhost,127.0.0.1")
    url = prepare(given.dir, release(given.dir))
    found = [measured(url, way, given.pairs, paced=False) for way in WAYS]
    found += [measured(url, way, given.paced, paced=True) for way in WAYS]
    busy = os.getloadavg()[0]
    about = f"{date.today():%Y-%m-%d}, {os.cpu_count()} cores, load average {busy:.1f}."
    said = [{"way": one.way, "paced": one.paced, **one.figures()} for one in found]
    given.out.with_suffix(".json").write_text(json.dumps({"about": about, "found": said}, indent=1))
    given.out.with_suffix(".md").write_text(table(found, about))
    drawn(found).save(str(given.out.with_suffix(".svg")))
    print(table(found, about))


if __name__ == "__main__":
    main()
