"""Due moves of families and persons, and what of the ladder is announced only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tangga.engine.plan.cut import of_part
from tangga.engine.plan.decisions import answer_column, quoted
from tangga.engine.runner import Part, Steps
from tangga.rules.ladder import tracks
from tangga.rules.ladder_sql import family_due_sql, person_due_sql
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Move

DUE, LISTED = "due", "announced_moves"


def track_table(track: str) -> str:
    """The table with the answers of persons on a track."""
    return f"ladder_{track}"


def write_ladder(steps: Steps, today: OnDate) -> None:
    """Write the answers (`ladder`, `ladder_TRACK`), `due` and `announced_moves`.

    Persons for whom every move of a track has a *no* have no row there.
    """

    def families(part: Part) -> str:
        facts = of_part(steps, "facts", part)
        return family_due_sql(today, facts, facts)

    steps.parts("ladder", families)
    for track in tracks(today):
        steps.parts(track_table(track), partial(_persons, steps, today, track))
    for name, column in ((DUE, "move"), (LISTED, "listed")):
        steps.whole(name, _chosen_sql(steps, today, column))


def _persons(steps: Steps, today: OnDate, track: str, part: Part) -> str:
    facts, persons = (of_part(steps, name, part) for name in ("facts", "person_facts"))
    due = person_due_sql(today, track, facts, persons)
    return f"SELECT * FROM ({due}) WHERE {_possible(today, track)}"


def _possible(today: OnDate, track: str) -> str:
    """A person of whom no move of the track is ruled out; of most people all are."""
    moves = [
        " AND ".join(f'"{answer_column(move.id, one)}" IS NOT FALSE' for one in rule.says.requires)
        for move, rule in today.moves
        if move.track == track
    ]
    return " OR ".join(f"({met})" for met in moves)


def _chosen_sql(steps: Steps, today: OnDate, column: str) -> str:
    """One row a move that is due (or would be), with what the ladder says of it."""
    none = "NULL::VARCHAR"
    sources = [(steps.scan("ladder"), none, none)]
    sources += [(steps.scan(track_table(t)), "person_id", quoted(t)) for t in tracks(today)]
    selects = [
        f"SELECT family_id, {person} AS person_id, {track} AS track, rung, {column} AS move "
        f"FROM {table} WHERE {column} IS NOT NULL"
        for table, person, track in sources
    ]
    return (
        f"SELECT d.*, m.to_rung, m.adverse, m.under_cap FROM ({' UNION ALL '.join(selects)}) AS d "
        f"JOIN {_moves(move for move, _ in today.moves)} AS m ON m.id = d.move "
        "ORDER BY family_id, person_id NULLS FIRST, track, move"
    )


def _moves(moves: Iterator[Move]) -> str:
    """What the ladder says of each move, as a relation."""
    rows = ", ".join(
        f"({quoted(m.id)}, {quoted(m.to) if m.to else 'NULL'}, {m.adverse}, {m.under_cap})"
        for m in moves
    )
    return f"(SELECT * FROM (VALUES {rows}) AS t(id, to_rung, adverse, under_cap))"
