"""Writes docs/explanation/a-nation.md: from measured figures to 289 million people, with formulas.

    python -m bench.scale ... --out var/bench/scale              measures (bench/README.md)
    python scripts/make_nation.py --from var/bench/scale.json    takes the figures of its sizes
    python scripts/make_nation.py                                writes the page
    python scripts/make_nation.py --check                        exits 1 when the page is stale

The figures stand in docs/explanation/measured.json; its part `service` is that of bench/README.md.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from made_pages import heading, keep, row

FOLDER = Path(__file__).parent.parent / "docs" / "explanation"
MEASURED, PAGE, TEXT = FOLDER / "measured.json", FOLDER / "a-nation.md", FOLDER / "a-nation.in.md"
PEOPLE, FAMILIES = 289_060_513, 95_006_179
"""DTSEN as announced on 23 January 2026."""
SERVER_CORES, MACHINES, MACHINE_CORES = 64, 8, 16
GB, TB, HOUR = 1e9, 1e12, 3600.0
STAGES = ("ingest", "standardise", "link", "resolve", "rank", "plan", "publish")
JOIN_BYTES = 131
"""What the step that joins persons holds of a person: 121 bytes, measured at three million people
with 1.18 groups and 0.19 links each (as at 300,000), and ten of its rows of links."""
Found = dict[str, Any]


def taken(file: Path) -> Found:
    """What the page needs of a result of bench.scale: each size, by stage."""
    result = json.loads(file.read_text(encoding="utf-8"))
    sizes = {int(people): _size(found) for people, found in result["sizes"].items()}
    before = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    day = result.get("day")
    kept = (
        {key: day[key] for key in ("people", "rows", "mode", "cpu_seconds", "seconds")}
        if day
        else None
    )
    machine = f"{result['machine']['cores']} cores"
    before.pop("notes", None)  # they spoke of the figures before
    return before | {
        "machine": machine,
        "sizes": {str(n): sizes[n] for n in sorted(sizes)},
        "day": kept,
    }


def _size(found: Found) -> Found:
    stages = {}
    for name in (one for one in STAGES if one in found["stages"]):
        stage = found["stages"][name]
        steps = stage["steps"].values()
        cut = sum(step["cpu_seconds"] for step in steps if step.get("files", 1) > 1)
        stages[name] = {
            "cpu_seconds": round(stage["cpu_seconds"], 1),
            "cut_cpu_seconds": round(min(cut, stage["cpu_seconds"]), 1),
            "disk_bytes": stage["disk_bytes"],
            "peak_bytes": stage["peak_bytes"],
        }
    keys = ("records", "date", "cpu_seconds", "seconds", "memory", "enforced", "peak_bytes",
            "disk_peak_bytes", "csv_bytes", "release_bytes")  # fmt: skip
    return {key: found[key] for key in keys} | {
        "parts": found["settings"]["parts"],
        "stages": stages,
    }


def grown(sizes: dict[int, Found], stage: str) -> float:
    """The exponent between the two largest sizes, never below 1: fixed costs flatter it."""
    *_, few, many = sorted(sizes)
    low, high = (sizes[n]["stages"][stage]["cpu_seconds"] for n in (few, many))
    return max(1.0, math.log(high / low) / math.log(many / few)) if low and high else 1.0


def computed(measured: Found) -> dict[str, str]:
    """Every number of the page, by the name under which the text holds it."""
    sizes = {int(n): found for n, found in measured["sizes"].items()}
    largest = max(sizes)
    at = sizes[largest]
    times = PEOPLE / largest
    stages = at["stages"]
    total = sum(s["cpu_seconds"] for s in stages.values()) * times
    cut = sum(s["cut_cpu_seconds"] for s in stages.values()) * times
    whole = total - cut
    steep = sum(s["cpu_seconds"] * times ** grown(sizes, name) for name, s in stages.items())
    disk = sum(s["disk_bytes"] for s in stages.values())
    service = measured["service"]
    load = PEOPLE / service["load_people"]
    one = [total / SERVER_CORES / HOUR, (whole + cut / SERVER_CORES) / HOUR]
    many = whole / MACHINE_CORES + cut / (MACHINES * MACHINE_CORES)
    return {
        "inputs": _inputs(measured, sizes),
        "stages": _stages(sizes, largest, times),
        "N": f"{PEOPLE:,}", "F": f"{FAMILIES:,}", "P": f"{largest:,}", "k": f"{times:,.1f}",
        "records": f"{at['records'] / largest:.2f}",
        "nation_records": f"{at['records'] * times / 1e6:,.0f}",
        "total": f"{total / HOUR:,.0f}", "steep": f"{steep / HOUR:,.0f}",
        "whole": f"{whole / HOUR:,.1f}", "cut": f"{cut / HOUR:,.1f}",
        "whole_share": f"{whole / total:.0%}", "limit": f"{total / whole:.1f}",
        "cores": str(SERVER_CORES), "machines": str(MACHINES), "machine_cores": str(MACHINE_CORES),
        "one_best": f"{one[0]:,.1f}", "one_worst": f"{one[1]:,.1f}",
        "cluster": f"{many / HOUR:,.1f}", "cluster_one": f"{total / MACHINE_CORES / HOUR:,.1f}",
        "cluster_bound": f"{whole / MACHINE_CORES / HOUR:,.1f}",
        "csv": f"{at['csv_bytes'] * times / GB:,.0f}", "disk": f"{disk * times / TB:,.2f}",
        "release": f"{at['release_bytes'] * times / GB:,.0f}",
        "disk_three": f"{3 * disk * times / TB:,.1f}",
        "graph": f"{JOIN_BYTES * PEOPLE / GB:,.0f}",
        "join_bytes": str(JOIN_BYTES),
        "load_hours": f"{service['load_seconds'] * load / HOUR:,.1f}",
        "load_cpu": f"{service['load_cpu_seconds'] * load / HOUR:,.1f}",
        "pg": f"{service['disk_bytes'] * load / TB:,.1f}",
        "pg_two": f"{2 * service['disk_bytes'] * load / TB:,.1f}",
        "pg_province": f"{service['disk_bytes'] * load * service['largest_province'] / GB:,.0f}",
        "province_share": f"{service['largest_province']:.0%}",
        "per_second": f"{service['pages_a_second']:,}",
        "replica_cores": f"{service['peak_pages_a_second'] / service['pages_a_second'] * 2:,.0f}",
        "peak_pages": f"{service['peak_pages_a_second']:,}",
    }  # fmt: skip


def _inputs(measured: Found, sizes: dict[int, Found]) -> str:
    lines = [*heading("people", "records", "date", "limit, by the kernel", "parts", "CPU-s", "s",
                      "peak of the tree, GB", "CSV, GB", "tables, GB", "release, GB")]  # fmt: skip
    for n, s in sizes.items():
        disk = sum(stage["disk_bytes"] for stage in s["stages"].values())
        lines.append(row(
            f"{n:,}", f"{s['records']:,}", s["date"],
            f"{s['memory']}, {'yes' if s['enforced'] else 'no'}", str(s["parts"]),
            f"{s['cpu_seconds']:.0f}", f"{s['seconds']:.0f}", f"{s['peak_bytes'] / GB:.2f}",
            f"{s['csv_bytes'] / GB:.2f}", f"{disk / GB:.2f}", f"{s['release_bytes'] / GB:.2f}",
        ))  # fmt: skip
    day = measured["day"]
    if day:
        rows = day["rows"]
        lines += ["", (
            f"A day of {rows['events']:,} events and {rows['corrections']:,} corrections on "
            f"{day['people']:,} people: {day['cpu_seconds']:.0f} CPU-s, {day['seconds']:.0f} s "
            f"(mode `{day['mode']}`)."
        )]  # fmt: skip
    s = measured["service"]
    lines += ["", (
        f"The service: a release of {s['load_people']:,} people loads in {s['load_seconds']} s and "
        f"{s['load_cpu_seconds']} CPU-s into {s['disk_bytes'] / GB:.0f} GB; {s['pages_a_second']} "
        "pages of families a second on two cores that also make the load "
        "([bench](../../bench/README.md))."
    )]  # fmt: skip
    lines += [line for note in measured.get("notes", []) for line in ("", note)]
    return "\n".join(lines)


def _stages(sizes: dict[int, Found], largest: int, times: float) -> str:
    lines = [
        *heading(
            "stage", "CPU-s measured (c)", "of that cut", "exponent (b)",
            "CPU-hours, linear: c k / 3600", "CPU-hours, as it grew: c k^b / 3600",
        )
    ]  # fmt: skip
    for name, s in sizes[largest]["stages"].items():
        b = grown(sizes, name)
        c = s["cpu_seconds"]
        lines.append(row(
            f"`{name}`", f"{c:.1f}", f"{s['cut_cpu_seconds'] / c:.0%}" if c else "", f"{b:.2f}",
            f"{c * times / HOUR:,.1f}", f"{c * times**b / HOUR:,.1f}",
        ))  # fmt: skip
    return "\n".join(lines)


def page() -> str:
    """The text with its numbers."""
    found = computed(json.loads(MEASURED.read_text(encoding="utf-8")))
    text = TEXT.read_text(encoding="utf-8")
    for name, value in found.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    if "{{" in text:
        raise SystemExit(
            f"{TEXT}: no number is called {text.partition('{{')[2].partition('}}')[0]}"
        )
    return text


def main() -> int:
    """Take figures where told, then write or check the page."""
    if sys.argv[1:2] == ["--from"]:
        told = json.dumps(taken(Path(sys.argv[2])), indent=2)
        MEASURED.write_text(told + "\n", encoding="utf-8")
        del sys.argv[1:3]
    return keep({PAGE: page()}, __doc__)


if __name__ == "__main__":
    sys.exit(main())
