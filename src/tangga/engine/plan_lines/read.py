"""Reads `plans/*.csv`: each row is one version of one line, and no row is ever edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from tangga.engine.area_tree import area_tree
from tangga.engine.office_files import (
    Cell,
    Mistakes,
    OfficeRow,
    Wrong,
    area_of,
    coded,
    day,
    read_office_files,
    refuse,
    whole,
    words,
    year,
)
from tangga.engine.plan_lines.checks import Measures, mistakes
from tangga.engine.workspace import Workspace
from tangga.registry.model import Pack
from tangga.rules.on_date import OnDate
from tangga.rules.plan_lines import STEPS

FOLDER = "plans"
LONGEST_ID = 60


@dataclass(frozen=True)
class PlanVersion:
    """One version of a line as written; empty text or None: nothing is said.

    cost: whole rupiah. repairs: what of the data the line repairs; empty for any other line.
    file, line_number: where it stands; None and 0 before it is written.
    """

    line: str
    version: int
    year: int
    level: str
    area: str
    action: str
    programme: str
    focus: str
    fund_source: str
    cost: int | None
    pilar: str
    measure: str
    target: int | None
    owner: str
    due: date | None
    state: str
    by: str
    at: date
    reason: str
    rests_on: str
    repairs: str
    file: Path | None = None
    line_number: int = 0


FIELDS = [one.name for one in fields(PlanVersion) if one.name not in ("file", "line_number")]
WRITTEN = {"fund_source": "source"}
"""Field -> its column, where the two differ."""


def plan_columns(workspace: Workspace, today: OnDate | None = None) -> dict[str, Cell]:
    """Column of `plans/*.csv` -> what it may hold, in the order in which they are written.

    today: then a measure is one of the day's, by its code or its words.
    """
    pack, listed = workspace.pack, _measures(today)
    measure = (
        words(needed=False)
        if listed is None
        else coded({one["id"]: one["labels"].values() for one in listed}, needed=False)
    )
    return {
        "line": Cell(_id),
        "version": whole(least=1),
        "year": year(),
        "level": _code(pack, "area_level", area_tree(workspace.pack_areas).levels),
        "area": area_of(workspace.pack_areas, needed=False),
        "action": words(),
        "programme": _code(pack, "programme", needed=False),
        "focus": _code(pack, "focus", needed=False),
        "source": _code(pack, "fund_source", needed=False),
        "cost": whole(needed=False),
        "pilar": _code(pack, "pilar", needed=False),
        "measure": measure,
        "target": whole(needed=False),
        "owner": words(needed=False),
        "due": day(needed=False),
        "state": _code(pack, "plan_state", STEPS),
        "by": words(),
        "at": day(),
        "reason": words(needed=False),
        "rests_on": words(needed=False),
        "repairs": _code(pack, "data_measure", needed=False),
    }


def _code(pack: Pack, name: str, known: Iterable[str] = (), *, needed: bool = True) -> Cell:
    """A code of a list of the pack; a pack without the list knows these words, or any."""
    if name in pack.codes:
        return coded(pack.codes[name], needed=needed)
    words_of = {one: (one,) for one in known}
    return coded(words_of, needed=needed) if words_of else words(needed=needed)


def read_plan_lines(workspace: Workspace, today: OnDate | None = None) -> list[PlanVersion]:
    """Every version of every line, sorted by line and version; empty without a file.

    today: then a measure must be one of the day's. Raises UserError with every mistake of every
    file.
    """
    if not workspace.csv_files(FOLDER):
        return []
    wrong = Mistakes()
    rows = read_office_files(workspace, FOLDER, plan_columns(workspace, today), wrong)
    lines = by_line(_version(row) for row in rows)
    check(lines.values(), workspace, today, wrong)
    return [version for line in lines.values() for version in line]


def by_line(versions: Iterable[PlanVersion]) -> dict[str, list[PlanVersion]]:
    """Line -> its versions, the first first; lines sorted."""
    lines: dict[str, list[PlanVersion]] = defaultdict(list)
    for one in sorted(versions, key=lambda v: (v.line, v.version)):
        lines[one.line].append(one)
    return dict(lines)


def check(
    lines: Iterable[list[PlanVersion]],
    workspace: Workspace,
    today: OnDate | None = None,
    wrong: Mistakes | None = None,
) -> None:
    """Raise UserError with every mistake in lines that are sorted by version.

    wrong: what was found in their cells. Where a version of a line could not be read, nothing is
    said of the versions that the line lacks.
    """
    known, tree = measures(today), area_tree(workspace.pack_areas)
    unread = wrong or Mistakes()
    all_known = unread.whole_files and all("line" in row.values for row in unread.unread)
    broken = {row["line"] for row in unread.unread if "line" in row.values}
    refuse(
        (
            (OfficeRow({}, one.file or workspace.plans, one.line_number), what, todo)
            for line in lines
            for one, what, todo in mistakes(
                line, tree, known, whole=all_known and line[0].line not in broken
            )
        ),
        wrong,
    )


def measures(today: OnDate | None) -> Measures | None:
    """Measure -> the pilar that have it on the day; None where the policy says nothing of them."""
    listed = _measures(today)
    return None if listed is None else {one["id"]: one["pilar"] for one in listed}


def _measures(today: OnDate | None) -> Any:
    """What a target can be of on the day; None where the policy says nothing of it."""
    version = today.settings.get("pilar") if today is not None else None
    return None if version is None else version.says["measure"]


def latest(versions: Iterable[PlanVersion], on: date) -> list[PlanVersion]:
    """The version of each line that stands on a day; a line proposed later is not there."""
    standing = {one.line: one for one in versions if one.at <= on}
    return [standing[line] for line in sorted(standing)]


def _version(row: OfficeRow) -> PlanVersion:
    values = {name: row[WRITTEN.get(name, name)] for name in FIELDS}
    return PlanVersion(**values, file=row.file, line_number=row.line)


def _id(text: str) -> str:
    if len(text) > LONGEST_ID or any(c.isspace() or c in ",;" for c in text):
        raise Wrong("is no id of a line", f"At most {LONGEST_ID} signs, no blanks, no commas")
    return text
