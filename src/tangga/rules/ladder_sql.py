"""The ladder for a whole country: due moves, signals and payees as SQL for DuckDB.

Relations are passed in by name: `facts` (one row a family), `person_facts` (one row a member),
`members` (counts over members: `member_counts_sql`). `ladder`, `signals` and `payee` are the plain
reading beside it.

A requirement is a BOOLEAN column `MOVE__REQUIREMENT`, NULL where it is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tangga.rules.conditions import Condition
from tangga.rules.ladder import NO_RUNG, acts
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.policy import IN_FORCE, RANK, SUPPORT, Dated, Move, MoveRule, Requirement
from tangga.rules.to_sql import aggregates, text, to_sql

if TYPE_CHECKING:
    from tangga.rules.on_date import OnDate

Moves = list[tuple[Move, Dated[MoveRule]]]
NOTHING = "CAST(NULL AS VARCHAR)"


def column(owner: str, requirement: str) -> str:
    """The name of a requirement's column."""
    return f"{owner}__{requirement}"


def family_conditions(today: OnDate) -> list[Condition]:
    """The conditions of all moves and signals of families: what `members` must count for."""
    moves = [rule.says.requires for move, rule in today.moves if move.subject == FAMILY_TABLE]
    signals = [rule.says.requires for s, rule in today.signals if s.subject == FAMILY_TABLE]
    return [requirement.condition for requires in moves + signals for requirement in requires]


def member_counts_sql(today: OnDate, person_facts: str) -> str:
    """family_id and the counts over members that `family_conditions` read."""
    columns = Columns(today.facts.names, PERSON_TABLE, own="p")
    found = aggregates(family_conditions(today), columns, today.day)
    listed = "".join(f',\n  {text(expression)} AS "{name}"' for name, expression in found.items())
    return f"SELECT p.family_id{listed}\nFROM {person_facts} AS p\nGROUP BY p.family_id"


def family_due_sql(today: OnDate, facts: str, members: str) -> str:
    """One row a family: family_id, rung, every requirement of every move, `move` and `listed`.

    move: the first that is due, from the rung of the family; NULL where none is. listed: the first
    that would be due if it, or the cap, were in force.
    """
    columns = Columns(today.facts.names, FAMILY_TABLE, own="f", members="m")
    source = f"{facts} AS f LEFT JOIN {members} AS m ON m.family_id = f.family_id"
    return _due_sql(
        today, FAMILY_TABLE, _moves(today, FAMILY_TABLE), columns, source, "f.family_id"
    )


def person_due_sql(today: OnDate, track: str, facts: str, person_facts: str) -> str:
    """The same for each member on one track: person_id, family_id, rung of the family, ..."""
    columns = Columns(today.facts.names, PERSON_TABLE, own="p", family="f")
    source = f"{person_facts} AS p JOIN {facts} AS f ON f.family_id = p.family_id"
    moves = [(m, rule) for m, rule in _moves(today, PERSON_TABLE) if m.track == track]
    return _due_sql(today, PERSON_TABLE, moves, columns, source, "p.person_id, p.family_id")


def _due_sql(
    today: OnDate, subject: str, moves: Moves, columns: Columns, source: str, keys: str
) -> str:
    tests = [
        f',\n  {text(to_sql(r.condition, columns, today.day))} AS "{column(move.id, r.id)}"'
        for move, rule in moves
        for r in rule.says.requires
    ]
    inner = f"SELECT {keys}, f.rung{''.join(tests)}\nFROM {source}"
    acting = [(move, rule) for move, rule in moves if acts(today, move, rule)]
    listed = [(move, rule) for move, rule in moves if not acts(today, move, rule)]
    return f"SELECT *,\n  {_first(acting)} AS move,\n  {_first(listed)} AS listed\nFROM ({inner})"


def _moves(today: OnDate, subject: str) -> Moves:
    return [(move, rule) for move, rule in today.moves if move.subject == subject]


def _first(moves: Moves) -> str:
    """The id of the first move that starts from the rung and whose requirements are all TRUE."""
    branches = [f"\n    WHEN {_fits(move, rule)} THEN '{move.id}'" for move, rule in moves]
    return f"CASE{''.join(branches)}\n  END" if branches else NOTHING


def _fits(move: Move, rule: Dated[MoveRule]) -> str:
    met = [f'"{column(move.id, r.id)}"' for r in rule.says.requires]
    rungs = ", ".join(f"'{rung}'" for rung in move.from_rungs)
    return " AND ".join([f"coalesce(rung, '{NO_RUNG}') IN ({rungs})"] * bool(rungs) + met)


# --- signals ----------------------------------------------------------------------------------


def family_signals_sql(today: OnDate, facts: str, members: str) -> str:
    """family_id, person_id (NULL), signal, reason, acts, due_on: one row a signal that shows."""
    columns = Columns(today.facts.names, FAMILY_TABLE, own="f", members="m")
    source = f"{facts} AS f LEFT JOIN {members} AS m ON m.family_id = f.family_id"
    keys = f"f.family_id, {NOTHING} AS person_id"
    return _signals_sql(today, FAMILY_TABLE, columns, source, keys)


def person_signals_sql(today: OnDate, supported: str) -> str:
    """The same of persons: `supported` holds those with running support, the dead among them.

    supported: registry columns of persons, derived facts where a signal reads one.
    """
    columns = Columns(today.facts.names, PERSON_TABLE, own="p")
    return _signals_sql(
        today, PERSON_TABLE, columns, f"{supported} AS p", "p.family_id, p.person_id"
    )


def rank_indications_sql(today: OnDate, facts: str, members: str) -> str:
    """family_id, indication, points_to, acts: one row an indication that a rank is wrong."""
    columns = Columns(today.facts.names, FAMILY_TABLE, own="f", members="m")
    source = f"{facts} AS f LEFT JOIN {members} AS m ON m.family_id = f.family_id"
    selects = [
        f"SELECT f.family_id, '{signal.id}' AS indication, '{signal.points_to}' AS points_to, "
        f"{str(rule.period.status == IN_FORCE).upper()} AS acts\nFROM {source}\n"
        f"WHERE {_all_true(rule.says.requires, columns, today)}"
        for signal, rule in today.signals
        if signal.about == RANK
    ]
    none = (
        f"SELECT {NOTHING} AS family_id, {NOTHING} AS indication, {NOTHING} AS points_to, "
        "FALSE AS acts WHERE FALSE"
    )
    return "\nUNION ALL\n".join(selects) if selects else none


def _signals_sql(today: OnDate, subject: str, columns: Columns, source: str, keys: str) -> str:
    """A signal without requirements is not seen in facts: it arrives as a case."""
    selects = []
    for signal, rule in today.signals:
        if (signal.about, signal.subject) == (SUPPORT, subject) and rule.says.requires:
            shows = _all_true(rule.says.requires, columns, today)
            says = (
                f"'{signal.id}' AS signal, '{signal.reason}' AS reason, "
                f"{str(rule.period.status == IN_FORCE).upper()} AS acts, "
                f"{rule.says.deadline_days} AS deadline_days"
            )
            selects.append(f"SELECT {keys}, {says}\nFROM {source}\nWHERE {shows}")
    none = (
        f"SELECT {NOTHING} AS family_id, {NOTHING} AS person_id, {NOTHING} AS signal, "
        f"{NOTHING} AS reason, FALSE AS acts, 0 AS deadline_days WHERE FALSE"
    )
    return "\nUNION ALL\n".join(selects) if selects else none


def _all_true(requires: Iterable[Requirement], columns: Columns, today: OnDate) -> str:
    return " AND ".join(f"({text(to_sql(r.condition, columns, today.day))})" for r in requires)
