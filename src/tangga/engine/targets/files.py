"""Reads targets: the files of an office, and the accepted lines of its plan.

A target stands for a year, an area (none: the whole) or a worker, a pilar and a measure. There is
no column for what was achieved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tangga.engine.office_files import (
    Cell,
    Mistakes,
    OfficeRow,
    area_of,
    coded,
    read_office_files,
    refuse,
    whole,
    words,
    year,
)
from tangga.engine.targets.settings import BY_PROGRAMME, GRADUATIONS, Measure, Pilars
from tangga.engine.workspace import Workspace
from tangga.errors import UserError
from tangga.registry.model import CodeList
from tangga.rules.settings_pilar import SPREADS

FOLDER = "targets"
PERCENT = 100
Mistake = tuple[OfficeRow, str, str | None]


@dataclass(frozen=True, order=True)
class Key:
    """What a target is for, but the area or worker. exits: codes parted by blanks; '': as usual.
    pilar '': all pilar of the measure together."""

    year: int
    measure: str
    pilar: str
    programme: str
    exits: str


@dataclass(frozen=True)
class Target:
    """One target as it was set. area '': the whole, or that of the worker. rule '': the pack's.

    planned: what accepted plan lines add up to for the same; plan_line: their ids.
    """

    key: Key
    area: str
    worker: str
    value: int
    rule: str = ""
    file: str = ""
    line: int | None = None
    plan_line: str = ""
    planned: int | None = None


def measure_cell(pilars: Pilars, *, needed: bool = True) -> Cell:
    """A measure of the pack, by its code or by its words in any language."""
    return coded({m.id: m.labels.values() for m in pilars.measures.values()}, needed=needed)


def read_targets(workspace: Workspace, pilars: Pilars | None) -> list[Target]:
    """Every row of `targets/*.csv`; UserError with every mistake of every file."""
    if pilars is None:
        _refuse_any(workspace)
        return []
    codes = workspace.pack.codes
    columns = {
        "year": year(),
        "area": area_of(workspace.pack_areas, needed=False),
        "pilar": coded(codes.get("pilar"), needed=False),
        "worker": words(needed=False),
        "programme": coded(codes.get("programme"), needed=False),
        "measure": measure_cell(pilars),
        "value": whole(),
        "rule": coded(dict.fromkeys(SPREADS, ()), needed=False),
        "exits": _several(codes.get("exit")),
        "note": words(needed=False),
    }
    mistakes = Mistakes()
    rows = read_office_files(workspace, FOLDER, columns, mistakes)
    refuse([*_senseless(rows, pilars), *_twice(rows, pilars)], mistakes)
    return [_target(row, pilars, workspace) for row in rows]


def _refuse_any(workspace: Workspace) -> None:
    files = workspace.csv_files(FOLDER)
    if files:
        todo = "Write policy/pilar.toml, or take the file away"
        raise UserError("the policy of the day measures nothing", file=files[0], todo=todo)


def _several(codes: CodeList | None) -> Cell:
    """Codes (or their words) parted by `;`, as codes in order, parted by blanks."""
    one = coded(codes)

    def read(text: str) -> str:
        return " ".join(sorted({one.read(part.strip()) for part in text.split(";")}))

    return Cell(read, False, "")


def _senseless(rows: Iterable[OfficeRow], pilars: Pilars) -> Iterator[Mistake]:
    """Rows whose cells do not go together."""
    for row in rows:
        measure = pilars.measures[row["measure"]]
        if row["pilar"] and row["pilar"] not in measure.pilar:
            todo = f"It measures: {', '.join(measure.pilar)}"
            yield row, f"the measure {measure.id} is none of the pilar {row['pilar']}", todo
        if not measure.counted and row["value"] > PERCENT:
            yield row, f"{row['value']} is more than 100 percent", "Write a share from 0 to 100"
        if not measure.counted and row["rule"]:
            yield row, "a share is not spread: it holds for all below", "Leave `rule` empty"
        if row["exits"] and measure.kind != GRADUATIONS:
            yield row, f"the measure {measure.id} counts no exits", "Leave `exits` empty"
        if row["programme"] and measure.kind not in BY_PROGRAMME:
            todo = "Leave `programme` empty"
            yield row, f"the measure {measure.id} cannot be told for one programme", todo


def _twice(rows: Sequence[OfficeRow], pilars: Pilars) -> Iterator[Mistake]:
    """The second of two rows for the same, with where the first one is."""
    first: dict[tuple[Key, str], OfficeRow] = {}
    for row in rows:
        whose = row["worker"] or f"/{row['area']}"
        before = first.setdefault((_key(row, pilars), whose), row)
        if before is not row:
            told = f"stands twice: the first is {before.file}, line {before.line}"
            yield row, told, "Keep one of the two"


def _key(row: OfficeRow, pilars: Pilars) -> Key:
    measure = pilars.measures[row["measure"]]
    return Key(
        year=row["year"],
        measure=measure.id,
        pilar=row["pilar"] or only_pilar(measure),
        programme=row["programme"],
        exits=row["exits"],
    )


def only_pilar(measure: Measure) -> str:
    """The pilar of a measure that has one only; else ''."""
    return measure.pilar[0] if len(measure.pilar) == 1 else ""


def _target(row: OfficeRow, pilars: Pilars, workspace: Workspace) -> Target:
    file = row.file.relative_to(workspace.dir).as_posix()
    return Target(
        key=_key(row, pilars),
        area=row["area"],
        worker=row["worker"],
        value=row["value"],
        rule=row["rule"],
        file=file,
        line=row.line,
    )


# --- accepted lines of the plan ---------------------------------------------------------------

LINE = {
    "line": "VARCHAR",
    "year": "BIGINT",
    "area": "VARCHAR",
    "pilar": "VARCHAR",
    "programme": "VARCHAR",
    "measure": "VARCHAR",
    "target": "BIGINT",
    "state": "VARCHAR",
}
ACCEPTED = ("accepted", "done")


def with_lines(
    targets: Iterable[Target], lines: Iterable[Sequence[object]], pilars: Pilars
) -> list[Target]:
    """Targets, and those of accepted plan lines: (line, year, area, pilar, programme, measure,
    target).

    A line says by which action a target is to be reached. Where a file sets the target, that
    stands, and the lines are summed beside it; where none does, their sum is the target. Of shares
    the highest. Lines of a measure that the pack does not have are no target.
    """
    found = {(one.key, one.worker, one.area): one for one in targets}
    for line, of_year, area, pilar, programme, measure, value in sorted(lines, key=str):
        known = pilars.measures.get(str(measure))
        if known is None or not isinstance(of_year, int) or not isinstance(value, int):
            continue
        programme = programme if known.kind in BY_PROGRAMME else ""
        key = Key(of_year, known.id, str(pilar or only_pilar(known)), str(programme or ""), "")
        place = (key, "", str(area or ""))
        found[place] = _with(found.get(place), place, str(line), value, counted=known.counted)
    return list(found.values())


def _with(
    there: Target | None, place: tuple[Key, str, str], line: str, value: int, *, counted: bool
) -> Target:
    key, _, area = place
    if there is None:
        return Target(key, area, "", value, plan_line=line, planned=value)
    before = there.planned or 0
    planned = before + value if counted else max(before, value)
    return replace(
        there,
        planned=planned,
        value=there.value if there.file else planned,
        plan_line=f"{there.plan_line} {line}".strip(),
    )
