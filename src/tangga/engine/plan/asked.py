"""What is not known and would decide: for each family the facts to ask at the next visit.

Asked is what stands between *not known* and an answer, of a programme in force or of a move that
can be due from the family's rung, and no more: where one requirement is *no*, nothing else of that
rule is asked. A fact that no visit can answer (a list that was not received) is not asked.
`Verdict.asks`, `Step.asks` and `FactBook.to_ask` say the same of one family.

Nothing of it is stored but which families have a deadline (`to_visit`): the questions are the view
`visits_asked`, over answers and facts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tangga.engine.plan.decisions import answers, quoted, table, whole
from tangga.engine.plan.ladder import track_table
from tangga.engine.plan.reasons import Leaf, Stored, leaves
from tangga.rules.conditions import FAMILY, Condition, Count, Known, Of, Sum
from tangga.rules.facts import CountOf, FactBook, SumOf
from tangga.rules.ladder import NO_RUNG, acts, tracks
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.on_date import OnDate
from tangga.rules.policy import IN_FORCE, Labels, Move
from tangga.rules.to_sql import text, to_sql

NOTHING = "[]::VARCHAR[]"
HIDDEN = ""
"""What stands for a question that is asked and not told."""


@dataclass
class Questions:
    """What to ask, as it is found while rules are read.

    facts: fact of the family -> conditions under which it is asked. roots: what counts members ->
    conditions under which it is not known.
    """

    facts: dict[str, list[str]] = field(default_factory=dict)
    roots: dict[Condition, list[str]] = field(default_factory=dict)


def of_families(today: OnDate) -> Questions:
    """The questions that rules on families ask; conditions over `v` (answers of programmes), `l`
    (of moves) and `f` (facts)."""
    found = Questions()
    columns = Columns(today.facts.names, FAMILY_TABLE, own="f", members="f")
    for stored, when in _rules(today, FAMILY_TABLE):
        for one in stored:
            _add(found, today.facts, one, _open(stored, when), columns, today.day)
    return found


def _rules(today: OnDate, unit: str) -> Iterator[tuple[list[Stored], str]]:
    """The requirements of each rule on families or persons, and when it is looked at."""
    for programme, version in today.programmes.values():
        if programme.unit == unit and version.period.status == IN_FORCE:
            yield answers(programme.id, version.says.requires, "v"), ""
    of_track = {track: f"t{n}" for n, track in enumerate(tracks(today))}
    for move, rule in today.moves:
        if move.subject == unit and acts(today, move, rule):
            alias = "l" if unit == FAMILY_TABLE else of_track[move.track]
            # A person who is ruled out of all moves of a track has no row there.
            there = "" if unit == FAMILY_TABLE else f"{alias}.person_id IS NOT NULL AND "
            yield answers(move.id, rule.says.requires, alias), there + _starts(move)


def _starts(move: Move) -> str:
    """Whether a move starts from the rung of a family (`ladder.starts_from`)."""
    rungs = ", ".join(map(quoted, move.from_rungs))
    return f"coalesce(f.rung, '{NO_RUNG}') IN ({rungs}) AND " if rungs else ""


def _open(stored: Sequence[Stored], when: str) -> str:
    return f"{when}({whole(stored)}) IS NULL"


def _add(
    found: Questions, book: FactBook, one: Stored, open_: str, columns: Columns, on: date
) -> None:
    for leaf in leaves(one.requirement.condition, columns, on):
        so = " AND ".join([open_, f"{one.column} IS NULL", *_all_unknown(leaf)])
        if isinstance(leaf.condition, Count | Sum):
            found.roots.setdefault(leaf.condition.where, []).append(so)
        else:
            for name in facts_of(leaf.condition):
                _ask(found, book, name, so)


def facts_of(leaf: Condition) -> Iterator[str]:
    """The fact that a leaf looks at, and the one that it is compared with."""
    yield leaf.fact  # type: ignore[union-attr]
    bound = getattr(leaf, "bound", None)
    if isinstance(bound, Of):
        yield bound.fact


def _all_unknown(leaf: Leaf) -> list[str]:
    """A part answers as its whole does; of what is not known that is NULL."""
    return [f"({part}) IS NULL" for part, _ in leaf.path]


def _ask(found: Questions, book: FactBook, name: str, so: str) -> None:
    """A fact of the family that is not known: itself, or what it is made from."""
    fact = book.fact(FAMILY_TABLE, name)
    unknown = f"{so} AND {unknown_sql(book, FAMILY_TABLE, name, 'f')}"
    if fact.ask:
        found.facts.setdefault(name, []).append(unknown)
        return
    if fact.rests_on:
        for _, below in fact.rests_on:
            _ask(found, book, below, unknown)
        return
    match fact.derivation:
        case CountOf(where) | SumOf(_, where):
            found.roots.setdefault(where, []).append(unknown)
        case _:
            for below in book.to_ask(FAMILY_TABLE, name):
                if below.entity == FAMILY_TABLE:
                    also = unknown_sql(book, FAMILY_TABLE, below.name, "f")
                    found.facts.setdefault(below.name, []).append(f"{unknown} AND {also}")


def unknown_sql(book: FactBook, entity: str, name: str, alias: str) -> str:
    """Whether a fact is not known: NULL, or a range."""
    columns = Columns(book.names, entity, own=alias)
    return f"NOT ({text(to_sql(Known(name), columns, date.min))})"


def families_sql(questions: Questions, said: Mapping[str, str]) -> str:
    """SELECT family_id, asked (a list of JSON objects), and a BOOLEAN `root_N` for what counts
    members. said: fact -> SQL of its question."""
    roots = "".join(
        f",\n  coalesce({' OR '.join(f'({so})' for so in sos)}, FALSE) AS root_{n}"
        for n, sos in enumerate(questions.roots.values())
    )
    return (
        f"SELECT f.family_id, {_list(questions.facts, said)} AS asked{roots}\n"
        f"FROM {table('facts')} AS f JOIN {table('verdicts')} AS v ON v.family_id = f.family_id\n"
        f"JOIN {table('ladder')} AS l ON l.family_id = f.family_id"
    )


def _list(asked: Mapping[str, Sequence[str]], said: Mapping[str, str]) -> str:
    """The questions whose conditions hold, in order of fact; a fact without words is not asked."""
    listed = [
        f"CASE WHEN {' OR '.join(f'({so})' for so in sos)} THEN {said[name]} END"
        for name, sos in sorted(asked.items())
        if name in said
    ]
    return f"list_filter([{', '.join(listed)}], lambda one: one IS NOT NULL)" if listed else NOTHING


def of_members(questions: Questions, today: OnDate) -> dict[str, list[str]]:
    """Fact of a member -> conditions under which it is asked, over `q` (families), `p` and `f`."""
    found: dict[str, list[str]] = {}
    columns = Columns(today.facts.names, PERSON_TABLE, own="p", family="f")
    for n, where in enumerate(questions.roots):
        unknown = f"q.root_{n} AND ({text(to_sql(where, columns, today.day))}) IS NULL"
        for leaf in leaves(where, columns, today.day):
            so = " AND ".join([unknown, *_all_unknown(leaf)])
            _ask_member(found, today.facts, leaf.condition, so)
    for stored, when in _rules(today, PERSON_TABLE):
        for one in stored:
            open_ = f"{_open(stored, when)} AND {one.column} IS NULL"
            for leaf in leaves(one.requirement.condition, columns, today.day):
                so = " AND ".join([open_, *_all_unknown(leaf)])
                _ask_member(found, today.facts, leaf.condition, so)
    return found


def _ask_member(found: dict[str, list[str]], book: FactBook, leaf: Condition, so: str) -> None:
    for name in facts_of(leaf):
        if name.startswith(FAMILY):
            continue  # asked by the rules on families, or by no visit
        unknown = f"{so} AND {unknown_sql(book, PERSON_TABLE, name, 'p')}"
        for below in book.to_ask(PERSON_TABLE, name):
            if below.entity == PERSON_TABLE:
                also = unknown_sql(book, PERSON_TABLE, below.name, "p")
                found.setdefault(below.name, []).append(f"{unknown} AND {also}")


def members_sql(
    asked: dict[str, list[str]], families: str, today: OnDate, said: Mapping[str, str]
) -> str:
    """SELECT family_id, person_id, asked (a list of JSON objects) of members.

    families: the relation of `families_sql`. said: fact -> SQL of its question to `p`.
    """
    of_person = {"v": "person_verdicts"}
    of_person |= {f"t{n}": track_table(track) for n, track in enumerate(tracks(today))}
    joins = "".join(
        f"\n  LEFT JOIN {table(name)} AS {alias} ON {alias}.person_id = p.person_id "
        f"AND {alias}.family_id = p.family_id"
        for alias, name in of_person.items()
    )
    return (
        f"SELECT p.family_id, p.person_id, {_list(asked, said)} AS asked\n"
        f"  FROM {table('person_facts')} AS p JOIN {families} AS q ON q.family_id = p.family_id\n"
        f"  JOIN {table('facts')} AS f ON f.family_id = p.family_id{joins}"
    )


def visits_sql(today: OnDate, hidden: Collection[str] = ()) -> str:
    """The kept SELECT of `visits_asked`: each family to visit with its questions as JSON.

    A question: `{"fact", "person_id" (null: the family), "ask_id", "ask_en"}`. A look at one
    family works out no other. hidden: facts whose questions are not told and not counted; a family
    that is visited for nothing else is listed all the same.

    The text is put together row by row, a member's questions in one piece: all questions as rows
    of their own, gathered again by family, took gigabytes for thirty thousand families.
    """
    questions, book = of_families(today), today.facts
    families = f"({families_sql(questions, _said(book, FAMILY_TABLE, hidden))})"
    members = members_sql(
        of_members(questions, today), families, today, _said(book, PERSON_TABLE, hidden)
    )
    told = f"list_filter(asked, lambda one: one <> '{HIDDEN}')" if hidden else "asked"
    return f"""
WITH listed AS NOT MATERIALIZED (
  SELECT family_id, NULL::VARCHAR AS person_id, asked FROM {families}
  UNION ALL SELECT family_id, person_id, asked FROM ({members})
),
told AS NOT MATERIALIZED (
  SELECT family_id, person_id, {told} AS told FROM listed WHERE len(asked) > 0
),
asked AS NOT MATERIALIZED (
  SELECT family_id, CAST(sum(len(told)) AS BIGINT) AS many,
         string_agg(nullif(array_to_string(told, ','), ''), ',' ORDER BY person_id NULLS FIRST)
           AS questions
  FROM told GROUP BY family_id
)
SELECT f.family_id, f.village, coalesce(v.why, 'next') AS why, v.since, v.deadline,
       coalesce(a.many, 0) AS many, concat('[', a.questions, ']') AS questions
FROM {table("facts")} AS f
LEFT JOIN {table("to_visit")} AS v ON v.family_id = f.family_id
LEFT JOIN asked AS a ON a.family_id = f.family_id
WHERE v.family_id IS NOT NULL OR a.family_id IS NOT NULL
ORDER BY v.deadline NULLS LAST, f.village, f.family_id"""


def _said(book: FactBook, unit: str, hidden: Collection[str]) -> dict[str, str]:
    """Fact -> SQL of its question as JSON; a member is the `person_id` of `p`."""
    return {
        name: quoted(HIDDEN) if name in hidden else _question(name, unit, fact.ask)
        for (entity, name), fact in book.facts.items()
        if entity == unit and fact.ask
    }


def _question(name: str, unit: str, ask: Labels) -> str:
    words = {"ask_id": ask.get("id", ""), "ask_en": ask.get("en", "")}
    head, tail = _json({"fact": name})[:-1], _json(words)[1:]
    if unit == FAMILY_TABLE:
        return quoted(f'{head},"person_id":null,{tail}')
    before, after = f'{head},"person_id":"', f'",{tail}'
    return f"{quoted(before)} || p.person_id || {quoted(after)}"


def _json(said: Mapping[str, str]) -> str:
    """As DuckDB writes it."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
