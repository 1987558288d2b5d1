"""The views `decisions` and `moves`: what the stage has stored, with reasons, made when asked for.

Stored are answers as BOOLEAN columns, facts and amounts. The SELECT that makes sentences of data
from them follows from the policy of the run; it is kept with the run (`sql/plan/NAME.sql`), so that
a changed policy does not change what an earlier run says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from sqlglot import exp

from tangga.engine.plan.reasons import Stored, reasons_sql
from tangga.errors import UserError
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Dated, Move, MoveRule, Programme, ProgrammeRule, Requirement
from tangga.rules.to_sql import text

TOKEN = re.compile(r"\{\{(\w+)/(\w+)\}\}")
"""A table of the run in a kept SELECT: `{{plan/facts}}`."""
SHAPES = {
    "decisions": {
        "family_id": "VARCHAR",
        "person_id": "VARCHAR",
        "programme": "VARCHAR",
        "verdict": "VARCHAR",
        "determination": "VARCHAR",
        "document": "VARCHAR",
        "determined_on": "DATE",
        "amount": "BIGINT",
        "reasons": "VARCHAR",
        "basis": "VARCHAR",
        "decided_on": "DATE",
    },
    "moves": {
        "family_id": "VARCHAR",
        "person_id": "VARCHAR",
        "track": "VARCHAR",
        "rung": "VARCHAR",
        "move": "VARCHAR",
        "reasons": "VARCHAR",
        "basis": "VARCHAR",
        "months_protected": "INTEGER",
        "decided_on": "DATE",
        "notice_on": "DATE",
        "takes_effect_on": "DATE",
        "effect": "VARCHAR",
        "support_ends": "VARCHAR",
        "support_continues": "VARCHAR",
    },
}


class Run(Protocol):
    """A finished run: `tangga.engine.catalogue.Run`."""

    folder: Path

    def scan(self, stage: str, table: str) -> str: ...


Told = Callable[[Requirement, str], bool]
"""Whether reasons name a requirement on a `person` or `family`."""


def all_told(_requirement: Requirement, _subject: str) -> bool:
    """Reasons name every requirement."""
    return True


def kept_view(run: Run, name: str) -> str:
    """The SELECT of a view as the run kept it; UserError where it decided nothing."""
    file = run.folder / "sql" / "plan" / f"{name}.sql"
    if not file.is_file():
        raise UserError(
            f"the last complete run has no {name}: its pack has no policy, or it is of an earlier "
            "version of the program",
            todo="Run it again with --full",
        )
    return render(file.read_text(encoding="utf-8"), run.scan)


def render(kept: str, scan: Callable[[str, str], str]) -> str:
    """A kept SELECT over the tables of a run. scan: stage and table -> what to select from."""
    return TOKEN.sub(lambda found: scan(found[1], found[2]), kept)


def table(name: str) -> str:
    """The token of a table of this stage."""
    return f"{{{{plan/{name}}}}}"


def answers(id: str, requirements: Sequence[Requirement], alias: str) -> list[Stored]:
    """The requirements of a programme or move with the columns of their answers."""
    return [
        Stored(f"{id}/{one.id}", one, f'{alias}."{answer_column(id, one)}"') for one in requirements
    ]


def answer_column(id: str, requirement: Requirement) -> str:
    """The column that holds the answer to one requirement of a programme or move."""
    return f"{id}__{requirement.id}"


def whole(stored: Sequence[Stored]) -> str:
    """The answer of all requirements together."""
    return " AND ".join(one.column for one in stored) or "TRUE"


def decisions_sql(today: OnDate, told: Told = all_told) -> str:
    """The kept SELECT of `decisions`: one row a family or person and programme.

    told: which requirements the reasons name; the verdict rests on all of them.
    """
    selects = [_programme(today, *one, told) for one in today.programmes.values()]
    return _in_order(selects, "programme") if selects else empty("decisions")


def _in_order(selects: Sequence[str], last: str) -> str:
    rows = " UNION ALL ".join(selects)
    return f"SELECT * FROM ({rows}) ORDER BY family_id, person_id NULLS FIRST, {last}"


def empty(view: str) -> str:
    """The columns of a view without a row."""
    columns = ", ".join(f"NULL::{kind} AS {name}" for name, kind in SHAPES[view].items())
    return f"SELECT {columns} WHERE FALSE"


def _programme(
    today: OnDate, programme: Programme, version: Dated[ProgrammeRule], told: Told
) -> str:
    of_person = programme.unit == PERSON_TABLE
    stored = answers(programme.id, version.says.requires, "v")
    named = [one for one in stored if told(one.requirement, programme.unit)]
    verdict = whole(stored)
    id_ = quoted(programme.id)
    verdicts = table("person_verdicts" if of_person else "verdicts")
    key = "person_id" if of_person else "family_id"
    same_person = " AND b.person_id = v.person_id" if of_person else " AND b.person_id IS NULL"
    return f"""
SELECT v.family_id, {"v.person_id" if of_person else "NULL::VARCHAR AS person_id"},
       {id_} AS programme,
       CASE ({verdict}) WHEN TRUE THEN 'fits' WHEN FALSE THEN 'does_not_fit' ELSE 'not_known' END
         AS verdict,
       CASE WHEN d.programme IS NOT NULL THEN 'determined'
            {waiting_when(version, verdict)} END AS determination,
       d.document, d.determined_on,
       CASE WHEN ({verdict}) THEN CAST(b.amount AS BIGINT) END AS amount,
       {reasons_sql(named, verdict, columns_of(today, of_person), today.day)} AS reasons,
       {quoted(version.period.basis)} AS basis, DATE '{today.day}' AS decided_on
FROM {verdicts} AS v
{fact_joins(of_person)}
LEFT JOIN (SELECT * FROM {table("benefits")} WHERE programme = {id_}) AS b
  ON b.family_id = v.family_id{same_person}
LEFT JOIN (SELECT * FROM {table("determined")} WHERE programme = {id_}) AS d
  ON d.{key} = v.{key}"""


def waiting_when(version: Dated[ProgrammeRule], verdict: str) -> str:
    """An announced version is listed and makes nobody wait."""
    if version.period.status != "in_force":
        return ""
    return f"WHEN ({verdict}) THEN 'waiting'"


def columns_of(today: OnDate, of_person: bool) -> Columns:
    """Where the facts of a rule stand after `fact_joins`."""
    if of_person:
        return Columns(today.facts.names, PERSON_TABLE, own="p", family="f")
    return Columns(today.facts.names, FAMILY_TABLE, own="f", members="f")


def fact_joins(of_person: bool) -> str:
    """Joins of the facts to a row `v` that has a family_id (and a person_id)."""
    family = f"JOIN {table('facts')} AS f ON f.family_id = v.family_id"
    if of_person:
        return f"{family}\nJOIN {table('person_facts')} AS p ON p.person_id = v.person_id"
    return family


def quoted(words: str) -> str:
    """A text as a literal of SQL."""
    return text(exp.Literal.string(words))


def moves_sql(today: OnDate, told: Told = all_told) -> str:
    """The kept SELECT of `moves`: one row a family, and one a due move. told: as of decisions."""
    if not today.moves:
        return empty("moves")
    selects = [_move(today, *one, told) for one in today.moves]
    return _in_order([*selects, _at_rest(today)], "track, move")


def _move(today: OnDate, move: Move, version: Dated[MoveRule], told: Told) -> str:
    of_person = move.subject == PERSON_TABLE
    effect = "coalesce(n.effect, 'not_notified')" if move.adverse else "NULL::VARCHAR"
    ends, goes_on = (_at_cap(ending) if move.under_cap else "NULL::VARCHAR" for ending in (1, 0))
    named = (one for one in version.says.requires if told(one, move.subject))
    met = [replace(one, column="TRUE") for one in answers(move.id, tuple(named), "v")]
    return f"""
SELECT v.family_id, {"v.person_id" if of_person else "NULL::VARCHAR AS person_id"},
       {quoted(move.track) if move.track else "NULL::VARCHAR"} AS track, f.rung,
       {quoted(move.id)} AS move,
       {reasons_sql(met, "TRUE", columns_of(today, of_person), today.day)} AS reasons,
       {quoted(basis_of(today, move, version))} AS basis, f.months_protected,
       DATE '{today.day}' AS decided_on, n.date AS notice_on, n.takes_effect_on,
       {effect} AS effect, {ends} AS support_ends, {goes_on} AS support_continues
FROM (SELECT * FROM {table("due")} WHERE move = {quoted(move.id)}) AS v
{fact_joins(of_person)}
LEFT JOIN {table("notice_in_force")} AS n ON n.family_id = v.family_id AND n.move = v.move
  AND n.person_id IS NOT DISTINCT FROM v.person_id"""


def _at_cap(ending: int) -> str:
    """What ends, or goes on, of the support of a family `v`: JSON of PROGRAMME/COMPONENT."""
    part = "concat_ws('/', c.programme, c.component)"
    return (
        f"(SELECT CAST(to_json(coalesce(list_sort(list(DISTINCT {part})), [])) AS VARCHAR) "
        f"FROM {table('cap_ends')} AS c WHERE c.family_id = v.family_id "
        f"AND {'' if ending else 'NOT '}c.ends)"
    )


def basis_of(today: OnDate, move: Move, version: Dated[MoveRule]) -> str:
    """On what a move rests: its own basis and, where it rests on the cap, that of the cap."""
    under = [today.cap.period.basis] if move.under_cap and today.cap is not None else []
    return "; ".join(dict.fromkeys([version.period.basis, *under]))


def _at_rest(today: OnDate) -> str:
    """Families for which no move is due."""
    return f"""
SELECT f.family_id, NULL AS person_id, NULL AS track, f.rung, NULL AS move, '[]' AS reasons,
       NULL AS basis, f.months_protected, DATE '{today.day}' AS decided_on, NULL AS notice_on,
       NULL AS takes_effect_on, NULL AS effect, NULL AS support_ends, NULL AS support_continues
FROM {table("facts")} AS f
ANTI JOIN (SELECT family_id FROM {table("due")} WHERE person_id IS NULL) AS v
  ON v.family_id = f.family_id"""
