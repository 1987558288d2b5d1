"""`tangga targets`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tangga.cli import screen
from tangga.engine.targets.report import Report, Row, report
from tangga.engine.targets.settings import GRADUATIONS, Measure, Pilars
from tangga.texts import LANGUAGES, both, long_date, say

MOST = 60
"""Workers that are listed one by one; of more their pilar are summed up."""
PERCENT = 100


def targets(
    directory: Path, *, year: int | None, area: str | None, worker: str | None, as_json: bool
) -> None:
    """Print targets and what was achieved: of an area and those below it, or of one worker."""
    found = report(directory, year=year, area=area, worker=worker)
    if as_json:
        said = found.as_dict() if found is not None else None
        sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=2, default=str) + "\n")
    elif found is None:
        _say("targets.none")
    elif found.worker:
        _of_worker(found)
    else:
        _of_area(found)


def _say(key: str, **values: object) -> None:
    screen.out.print(both(key, between="\n", **values), soft_wrap=True)


def _title(found: Report) -> str:
    days = {language: long_date(found.day, language) for language in LANGUAGES}
    said = [
        say("targets.title", language, year=str(found.year), day=days[language])
        for language in LANGUAGES
    ]
    return " / ".join(said)


def _of_area(found: Report) -> None:
    where = f"{found.area} {found.name}" if found.area else both("targets.all", between=" / ")
    screen.out.print(f"{_title(found)}\n{where}", style="bold", soft_wrap=True)
    if found.basis is not None:
        names = ("families", "in_care", "graduable", "graduable_not_known")
        _say("targets.basis", **{name: found.basis[name] for name in names})
    _pace(found.pace, found.pilars)
    _areas(found)
    _workers(found)
    _gaps(found)
    _open_ends(found)


def _of_worker(found: Report) -> None:
    screen.out.print(f"{_title(found)}\n{found.worker}", style="bold", soft_wrap=True)
    for row in found.workers:
        if row["load"] is not None and row["most"] is not None:
            names = ("load", "recorded", "proposed", "most", "graduable")
            _say("targets.own_load", **{name: row[name] for name in names})
    _pace(found.pace, found.pilars)
    if found.revisits is not None and found.revisits["asked"]:
        _say("targets.own_revisits", **found.revisits)


# --- measures ---------------------------------------------------------------------------------


def _labels(labels: Mapping[str, str]) -> str:
    return "\n".join(dict.fromkeys(labels[language] for language in LANGUAGES))


def _pace(rows: Sequence[Row], pilars: Pilars) -> None:
    """Every measure of every pilar: the target, what was achieved, and how that stands."""
    if not rows:
        _say("targets.no_rows")
        return
    names = ("pilar", "measure", "target", "achieved", "expected", "lasted", "state")
    headings = [both(f"targets.{name}") for name in names]
    shown: list[tuple[object, ...]] = []
    before = None
    for row in rows:
        measure = pilars.measures[row["measure"]]
        shown.append(
            (
                _pilar(row["pilar"], pilars) if row["pilar"] != before else "",
                _measure(row, measure),
                _target(row, measure),
                _achieved(row),
                row["expected"],
                _lasted(row, measure),
                _state(row),
            )
        )
        before = row["pilar"]
    screen.print_table(headings, shown, title=both("targets.measures", between=" / "))


def _pilar(code: str, pilars: Pilars) -> str:
    return _labels(pilars.pilars[code].labels) if code else both("targets.together")


def _measure(row: Row, measure: Measure) -> str:
    more = [row[name] for name in ("programme", "exits") if row[name]]
    return _labels(measure.labels) + (f"\n({', '.join(more)})" if more else "")


def _target(row: Row, measure: Measure) -> object:
    if row["target"] is None or measure.counted:
        return row["target"]
    return f"{row['target']} %"


def _achieved(row: Row) -> object:
    """Of a share the percent, rounded down, and the numbers behind it."""
    achieved, of = row["achieved"], row["of"]
    if achieved is None or of is None:
        return achieved
    if of == 0:
        return f"0 {both('targets.of', between=' / ')} 0"
    told = f"{achieved * PERCENT // of} % ({achieved}/{of})"
    unknown = row["unknown"]
    return f"{told}, {both('targets.unknown', between=' / ', unknown=unknown)}" if unknown else told


def _lasted(row: Row, measure: Measure) -> object:
    """Graduated and still standing after a year; those of whom it is too early to say apart."""
    if measure.kind != GRADUATIONS or row["achieved"] is None:
        return ""
    pair = f"{row['achieved']} / {row['lasted']}"
    early = row["too_early"]
    return f"{pair}\n{both('targets.too_early', early=early)}" if early else pair


def _state(row: Row) -> str:
    """`behind` says by how much, `ahead` too."""
    state, behind = row["state"], row["behind"]
    words = both(f"targets.state_{state}")
    if behind and state in ("behind", "ahead"):
        words += f"\n({abs(behind)})"
    return words


# --- areas and workers --------------------------------------------------------------------------


def _areas(found: Report) -> None:
    if not found.areas:
        return
    names = ("area", "in_care", "graduable", "target", "achieved", "expected", "lasted", "state")
    measure = next(m for m in found.pilars.measures.values() if m.kind == GRADUATIONS)
    rows = [
        (
            f"{row['area']} {row['name']}",
            *(row[name] for name in ("in_care", "graduable", "target", "achieved", "expected")),
            _lasted(row, measure),
            _state(row) if row["state"] else None,
        )
        for row in found.areas
    ]
    title = both("targets.by_area", between=" / ")
    screen.print_table([both(f"targets.{name}") for name in names], rows, title=title)


def _workers(found: Report) -> None:
    """One by one in the order of areas, or summed up; never in the order of graduations."""
    if not found.listed:
        _say("targets.no_workers")
        return
    by_families = [one for one in found.workers if one["most"] is not None]
    if not by_families or len(by_families) > MOST:
        _summed(found)
        return
    names = ("worker", "area", "load", "graduable", "kept", "on_schedule", "target", "lasted")
    rows = [_worker(one, found.pilars) for one in by_families]
    title = both("targets.by_worker", between=" / ")
    screen.print_table([both(f"targets.{name}") for name in names], rows, title=title)
    _summed(found)


def _worker(one: Row, pilars: Pilars) -> tuple[object, ...]:
    by_kind: dict[str, Row] = {}
    for measure, row in one["pace"].items():
        by_kind.setdefault(pilars.measures[measure].kind, row)
    graduations = by_kind.get(GRADUATIONS)
    measure = pilars.measures[graduations["measure"]] if graduations else None
    over = f" (+{one['over']})" if one["over"] else ""
    return (
        one["worker"],
        one["area"],
        f"{one['load']}{over}",
        one["graduable"],
        *(
            _achieved(by_kind[kind]) if kind in by_kind else None
            for kind in ("visits_kept", "visits_on_schedule")
        ),
        graduations["target"] if graduations else None,
        _lasted(graduations, measure) if graduations and measure else None,
    )


def _summed(found: Report) -> None:
    """How many workers each pilar has in the area, and what they have together."""
    rows = []
    for pilar in found.pilars.pilars.values():
        own = [one for one in found.workers if one["pilar"] == pilar.code]
        loads = [one["load"] for one in own if one["load"] is not None]
        over = sum(1 for one in own if one["over"])
        rows.append((_labels(pilar.labels), len(own), sum(loads) if loads else None, over))
    names = ("pilar", "workers", "load", "over")
    title = both("targets.summed", between=" / ")
    screen.print_table([both(f"targets.{name}") for name in names], rows, title=title)


def _gaps(found: Report) -> None:
    if not found.gaps:
        return
    names = ("area", "pilar", "gap", "families", "without_worker", "over_families", "needed")
    rows = [
        (
            f"{row['area']} {row['name']}",
            _labels(found.pilars.pilars[row["pilar"]].labels),
            both(f"targets.gap_{row['what']}"),
            *(row[name] for name in ("families", "without_worker", "over", "needed")),
        )
        for row in found.gaps
    ]
    title = both("targets.gaps", between=" / ")
    screen.print_table([both(f"targets.{name}") for name in names], rows[:MOST], title=title)
    _and_more(rows)


def _and_more(rows: Sequence[object]) -> None:
    if len(rows) > MOST:
        _say("targets.more", many=len(rows) - MOST)


def _open_ends(found: Report) -> None:
    """Targets that do not add up below, pilar that have none."""
    for row in found.differences[:MOST]:
        _say_difference(row, found.pilars)
    _and_more(found.differences)
    if found.missing:
        _say("targets.missing", year=str(found.year), pilar=_listed(found.missing, found.pilars))
    if any(row["hidden"] for row in found.pace):
        _say("targets.hidden")


def _listed(codes: Iterable[str], pilars: Pilars) -> str:
    return ", ".join(pilars.pilars[code].labels[LANGUAGES[0]] for code in codes)


def _say_difference(row: Row, pilars: Pilars) -> None:
    told = {
        "area": f"{row['area']} {row['name']}",
        "measure": pilars.measures[row["measure"]].labels[LANGUAGES[0]],
        "value": row["value"],
    }
    if row["difference"]:
        key = "targets.areas_less" if row["difference"] > 0 else "targets.areas_more"
        below = {"below": row["children_sum"], "difference": abs(row["difference"])}
        _say(key, **told, **below)
    if row["given"] and row["workers_difference"]:
        less = row["workers_difference"] > 0
        key = "targets.workers_less" if less else "targets.workers_more"
        below = {"below": row["workers_sum"], "difference": abs(row["workers_difference"])}
        _say(key, **told, **below)
