"""`tangga targets`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tangga.cli import screen
from tangga.engine.targets.report import Report, Row, Words, report
from tangga.engine.targets.settings import GRADUATIONS, Measure, Pilars
from tangga.texts import LANGUAGES, Language, both, long_date, say

MOST = 60
"""Workers that are listed one by one; of more their pilar are summed up."""
FEW = 10
"""Targets in doubt that are named one by one."""
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
    where = _called(found.area, found.name)
    screen.out.print(f"{_title(found)}\n{where}", style="bold", soft_wrap=True)
    if found.basis is not None:
        names = ("families", "in_care", "graduable", "graduable_not_known")
        _say("targets.basis", **{name: found.basis[name] for name in names})
    _pace(found)
    _areas(found)
    _workers(found)
    if found.listed:
        _say("targets.follows")
    _gaps(found)
    _open_ends(found)


def _called(area: str, name: str) -> str:
    """An area by its code and name; the whole has a name of its own."""
    return f"{area} {name}" if area else both("targets.all", between=" / ")


def _of_worker(found: Report) -> None:
    screen.out.print(f"{_title(found)}\n{found.worker}", style="bold", soft_wrap=True)
    for row in found.workers:
        if row["load"] is not None and row["most"] is not None:
            names = ("load", "recorded", "proposed", "most", "graduable")
            _say("targets.own_load", **{name: row[name] for name in names})
    _pace(found)
    _revisits(found.revisits)
    _doubtful(found.doubtful)


def _revisits(row: Row | None) -> None:
    """What the worker was asked to visit again, and what they visited, in words of their own."""
    if row is not None and (row["asked"] or row["made"]):
        _say("targets.own_revisits", **row)


def _doubtful(rows: Sequence[Row]) -> None:
    """Targets that do not go with the list of workers, by what is wrong: where each is written."""
    for doubt in dict.fromkeys(row["doubt"] for row in rows):
        told = [
            f"{row['worker']} ({row['file']}: {row['line']})"
            for row in rows
            if row["doubt"] == doubt
        ]
        more = f", + {len(told) - FEW}" if len(told) > FEW else ""
        _say(f"targets.doubt_{doubt}", workers=", ".join(told[:FEW]) + more)


# --- measures ---------------------------------------------------------------------------------


def _labels(labels: Mapping[str, str]) -> str:
    return "\n".join(dict.fromkeys(labels[language] for language in LANGUAGES))


def _pace(found: Report) -> None:
    """Every measure of every pilar: the target, what was achieved, and how that stands."""
    rows, pilars = found.pace, found.pilars
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
                _measure(row, measure, found.words),
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


def _measure(row: Row, measure: Measure, words: Words) -> str:
    """The measure, and of what alone it counts."""
    codes = [*row["programme"].split(), *row["exits"].split()]

    def told(language: str) -> str:
        more = "; ".join(words[code][language] if code in words else code for code in codes)
        return measure.labels[language] + (f" ({more})" if more else "")

    return _labels({language: told(language) for language in LANGUAGES})


def _target(row: Row, measure: Measure) -> object:
    """The target; where the area has none, what areas in it have set."""
    below = row.get("below")
    if below is not None:
        values = dict.fromkeys([below["least"], below["most"]])
        told = "-".join(str(value) for value in values) + ("" if measure.counted else " %")
        return f"{told}\n{both('targets.in_areas', many=below['areas'])}"
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
    """`behind` says by how much, `ahead` too; of targets in areas below, how many stand how."""
    if row.get("below") is not None:
        return _labels({language: _states(row["below"], language) for language in LANGUAGES})
    state, behind = row["state"], row["behind"]
    words = both(f"targets.state_{state}")
    if behind and state in ("behind", "ahead"):
        words += f"\n({abs(behind)})"
    return words


def _states(below: Row, language: Language) -> str:
    states = below["states"].items()
    return ", ".join(f"{many} {say(f'targets.state_{state}', language)}" for state, many in states)


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
        above = Counter(one["area"] for one in found.around if one["pilar"] == pilar.code)
        posts = [f"{many} ({_called(area, '').strip()})" for area, many in sorted(above.items())]
        around = ", ".join(posts)
        counts = (len(own), *([around or None] if found.around else []))
        rows.append((_labels(pilar.labels), *counts, sum(loads) if loads else None, over))
    names = ("pilar", "workers", *(["from_above"] if found.around else []), "load", "over")
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
    _doubtful(found.doubtful)
    if found.missing:
        _say("targets.missing", year=str(found.year), pilar=_listed(found.missing, found.pilars))
    if any(row["hidden"] for row in found.pace):
        _say("targets.hidden")


def _listed(codes: Iterable[str], pilars: Pilars) -> str:
    return ", ".join(pilars.pilars[code].labels[LANGUAGES[0]] for code in codes)


def _say_difference(row: Row, pilars: Pilars) -> None:
    told = {
        "area": _called(row["area"], row["name"]),
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
