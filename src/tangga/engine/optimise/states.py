"""Who is planned for: the families of the last run, and the states that they stand in.

A state is a rung, a kind (able, mixed, held by rehabilitation, protected, not known), whole years
on support, a group of deciles, and which interventions a family's programmes do not rule out. A
family that nobody requires to climb is in a state of its own that no intervention is for; so is one
of which that is not known, until a visit.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np

from tangga.engine.area_tree import area_tree
from tangga.engine.catalogue import Run
from tangga.engine.optimise.parameters import Intervention, Parameters
from tangga.engine.optimise.problem import Flags, Floats, Ints
from tangga.engine.plan.decisions import answer_column, quoted
from tangga.engine.statements import template
from tangga.engine.workspace import Workspace
from tangga.rules.names import PERSON_TABLE
from tangga.rules.on_date import OnDate

ABLE, MIXED, HELD, PROTECTED, NOT_KNOWN = KINDS = (
    "able",
    "mixed",
    "held",
    "protected",
    "not_known",
)
ASKED = 2
"""Of an intervention: not ruled out, though something has to be asked first; 1 is yes, 0 no."""


@dataclass(frozen=True)
class State:
    """rung, kind: as the pack and KINDS call them. severity: number of the group of deciles. open:
    ids of the interventions that are for it."""

    rung: str
    kind: str
    years: int
    severity: int
    open: tuple[str, ...]


@dataclass(frozen=True)
class Families:
    """Everybody who is planned for. areas: codes, sorted. states: S of them, those included that
    families will be in later. ids, area, state, support: one a family, by its id; area and state
    are numbers, support is rupiah a year. asked: (F, K) something has to be asked first. older: the
    state a year later. nowhere: families whose area is not known: not planned for, and said.
    """

    areas: tuple[str, ...]
    states: tuple[State, ...]
    ids: tuple[str, ...]
    area: Ints
    state: Ints
    support: Ints
    asked: Flags
    older: Ints
    nowhere: int

    @property
    def counts(self) -> Floats:
        """(A, S) families."""
        shape = (len(self.areas), len(self.states))
        keys = self.area * shape[1] + self.state
        return np.bincount(keys, minlength=shape[0] * shape[1]).reshape(shape).astype(float)

    def may(self, ways: tuple[Intervention, ...]) -> Flags:
        """(S, K) for whom an intervention is."""
        return np.array([[way.id in state.open for way in ways] for state in self.states])


def read_families(
    con: duckdb.DuckDBPyConnection, run: Run, workspace: Workspace, stated: Parameters
) -> Families:
    """The families of a run."""
    rows = con.execute(_sql(con, run, workspace, stated)).fetchall()
    known = [row for row in rows if row[1] is not None]
    areas = tuple(sorted({row[1] for row in known}))
    number = {area: n for n, area in enumerate(areas)}
    found = [_state(row, stated) for row in known]
    states, older = _with_later(found, stated)
    place = {state: n for n, state in enumerate(states)}
    ways = len(stated.interventions)
    answers = np.array([row[8:] for row in known], dtype=np.int64).reshape(len(known), ways)
    return Families(
        areas=areas,
        states=states,
        ids=tuple(row[0] for row in known),
        area=np.array([number[row[1]] for row in known], dtype=np.int64),
        state=np.array([place[state] for state in found], dtype=np.int64),
        support=np.array([row[7] for row in known], dtype=np.int64),
        asked=answers == ASKED,
        older=older,
        nowhere=len(rows) - len(known),
    )


def _state(row: tuple, stated: Parameters) -> State:
    _, _, rung, months, decile, kind, placed, _, *answers = row
    years = min(int(months or 0) // 12, int(stated.says["most_years"]))
    open_ = tuple(
        way.id
        for way, answer in zip(stated.interventions, answers, strict=True)
        if answer and not placed and rung in way.says["from"] and kind in way.says["kinds"]
    )
    clocked = rung in stated.says["clocked"] and kind not in (PROTECTED, NOT_KNOWN)
    return State(rung, kind, years if clocked else 0, stated.severity(decile), open_)


def _with_later(found: list[State], stated: Parameters) -> tuple[tuple[State, ...], Ints]:
    """Every state that somebody is in or will be, in order; and of each the one a year later."""
    later = {}
    most = int(stated.says["most_years"])
    for state in set(found):
        while state not in later:
            counts = state.rung in stated.says["clocked"] and state.kind not in (
                PROTECTED,
                NOT_KNOWN,
            )
            years = min(state.years + 1, most) if counts else state.years
            later[state] = State(state.rung, state.kind, years, state.severity, state.open)
            state = later[state]
    states = tuple(sorted(later, key=lambda s: (s.rung, s.kind, s.years, s.severity, s.open)))
    place = {state: n for n, state in enumerate(states)}
    return states, np.array([place[later[state]] for state in states], dtype=np.int64)


def _sql(con: duckdb.DuckDBPyConnection, run: Run, workspace: Workspace, stated: Parameters) -> str:
    today = workspace.today
    names = ("facts", "person_facts", "benefits", "determined", "verdicts", "person_verdicts")
    tables = {name: run.scan("plan", name) for name in names}
    about = con.execute(f"DESCRIBE SELECT * FROM {tables['person_facts']}").fetchall()
    columns = {row[0] for row in about}
    held = "held_by_rehabilitation" if "held_by_rehabilitation" in columns else "case_open"
    digits = area_tree(workspace.pack_areas).levels[stated.says["level"]]
    return template("optimise", "families").substitute(
        tables,
        held=held,
        digits=digits,
        in_care=", ".join(quoted(rung) for rung in stated.says["in_care"]),
        may_of_persons="".join(_of_persons(way, today) for way in stated.interventions),
        columns="".join(_column(way, today) for way in stated.interventions),
    )


def _answers(way: Intervention, today: OnDate) -> list[str] | None:
    """The columns of the answers of its programme; None where none is asked."""
    programme = way.says["programme"]
    if programme not in today.programmes or HELD in way.says["kinds"]:
        return None
    _, version = today.programmes[programme]
    return [f'"{answer_column(programme, one)}"' for one in version.says.requires]


def _is_of_persons(way: Intervention, today: OnDate) -> bool:
    programme = today.programmes.get(way.says["programme"])
    return programme is not None and programme[0].unit == PERSON_TABLE


def _of_persons(way: Intervention, today: OnDate) -> str:
    """Of a programme for persons: the best answer of any member."""
    answers = _answers(way, today)
    if answers is None or not _is_of_persons(way, today):
        return ""
    fits = " AND ".join(answers) or "TRUE"
    sure, may = f"bool_or(coalesce({fits}, FALSE))", f"bool_or(coalesce({fits}, TRUE))"
    best = f"CASE WHEN {sure} THEN 1 WHEN {may} THEN {ASKED} ELSE 0 END"
    return f',\n        {best} AS "may_{way.id}"'


def _column(way: Intervention, today: OnDate) -> str:
    """1 where its programme is for the family, ASKED where that is not known, else 0."""
    answers = _answers(way, today)
    if answers is None:
        return f',\n    1 AS "may_{way.id}"'
    if _is_of_persons(way, today):
        return f',\n    coalesce(q."may_{way.id}", 0) AS "may_{way.id}"'
    fits = " AND ".join(f"v.{one}" for one in answers) or "TRUE"
    which = f"CASE WHEN ({fits}) IS NULL THEN {ASKED} WHEN {fits} THEN 1 ELSE 0 END"
    return f',\n    {which} AS "may_{way.id}"'
