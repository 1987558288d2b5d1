"""Reasons as data: for each rule that decided, the facts that decided it, as a JSON array in SQL.

    [{"rule": "pkh/decile", "answer": "no",
      "facts": [{"fact": "decile", "test": "at_most", "threshold": 4, "value": 6}]}]

A rule decided where its answer is that of the whole (all of them, where that is yes), and so within
a condition: `Finding.because` says the same of one family in Python. A range is shown as
`{"low": 1, "high": 3}`. A count of members has the facts that it looks at as `of`; a fact of which
the opposite was asked has `"not": true`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from tangga.rules.conditions import (
    FAMILY,
    All,
    AnyOf,
    Condition,
    Count,
    Is,
    Known,
    Not,
    OneOf,
    Sum,
    facts_used,
)
from tangga.rules.holds import TEST
from tangga.rules.names import PERSON_TABLE, Columns
from tangga.rules.policy import Requirement
from tangga.rules.to_sql import bound_ends, fact_ends, literal, member_ends, text, to_sql

ANSWER = "CASE {0} WHEN TRUE THEN 'yes' WHEN FALSE THEN 'no' ELSE 'not_known' END"
MEMBERS = "members"


@dataclass(frozen=True)
class Stored:
    """A requirement whose answer is stored. id: of the rule, in reasons. column: in SQL."""

    id: str
    requirement: Requirement
    column: str


def reasons_sql(rules: Sequence[Stored], whole: str, columns: Columns, on: date) -> str:
    """SQL of the JSON array as text. whole: SQL of the answer of all the rules together."""
    each = [
        f"CASE WHEN {rule.column} IS NOT DISTINCT FROM ({whole}) THEN json_object("
        f"'rule', {_quoted(rule.id)}, 'answer', {ANSWER.format(rule.column)}, "
        f"'facts', {_facts(rule.requirement.condition, columns, on)}) END"
        for rule in rules
    ]
    return f"CAST(to_json({_kept(each)}) AS VARCHAR)"


def _kept(each: Sequence[str]) -> str:
    listed = ", ".join(each) or "NULL::JSON"
    return f"list_filter([{listed}], lambda one: one IS NOT NULL)"


def _facts(condition: Condition, columns: Columns, on: date) -> str:
    chosen = []
    for leaf in leaves(condition, columns, on):
        json = _leaf(leaf.condition, leaf.negated, columns, on)
        so = " AND ".join(f"({part}) IS NOT DISTINCT FROM ({whole})" for part, whole in leaf.path)
        chosen.append(f"CASE WHEN {so} THEN {json} END" if so else json)
    return f"to_json({_kept(chosen)})"


@dataclass(frozen=True)
class Leaf:
    """A leaf, count or sum within a condition.

    path: (part, whole) in SQL of each step down to it; it is among what decided where each part
    answers as its whole does. negated: under an odd number of `not`.
    """

    condition: Condition
    path: tuple[tuple[str, str], ...]
    negated: bool


def leaves(condition: Condition, columns: Columns, on: date) -> Iterator[Leaf]:
    """Everything in a condition that has no parts, in written order."""
    yield from _walk(condition, Leaf(condition, (), False), columns, on)


def _walk(condition: Condition, above: Leaf, columns: Columns, on: date) -> Iterator[Leaf]:
    match condition:
        case Not(part):
            yield from _walk(part, replace(above, negated=not above.negated), columns, on)
        case All(of) | AnyOf(of):
            whole = text(to_sql(condition, columns, on)) if len(of) > 1 else ""
            for part in of:
                step = ((text(to_sql(part, columns, on)), whole),) if len(of) > 1 else ()
                yield from _walk(part, replace(above, path=above.path + step), columns, on)
        case _:
            yield replace(above, condition=condition)


def _leaf(leaf: Condition, negated: bool, columns: Columns, on: date) -> str:
    """One leaf as a JSON object."""
    pairs = {"fact": _quoted(_name(leaf)), "test": _quoted(TEST[type(leaf)])}
    if negated:
        pairs["not"] = "TRUE"
    if isinstance(leaf, Count | Sum):
        pairs["of"] = f"to_json([{', '.join(map(_quoted, _looked_at(leaf)))}])"
        pairs["threshold"] = _ends(_or_null(leaf.low), _or_null(leaf.high))
        ends = member_ends(leaf, columns)
    else:
        if not isinstance(leaf, Known):
            pairs["threshold"] = _threshold(leaf, columns, on)
        ends = fact_ends(leaf.fact, columns)  # type: ignore[union-attr]
    pairs["value"] = text(ends.low) if ends.plain else _value(text(ends.low), text(ends.high))
    return f"json_object({', '.join(f'{_quoted(key)}, {sql}' for key, sql in pairs.items())})"


def _name(leaf: Condition) -> str:
    return MEMBERS if isinstance(leaf, Count) else leaf.fact  # type: ignore[union-attr]


def _looked_at(leaf: Count | Sum) -> list[str]:
    """The facts of members on which a count or sum rests."""
    used = facts_used(leaf.where, PERSON_TABLE)
    return sorted(name if entity == PERSON_TABLE else FAMILY + name for entity, name in used)


def _threshold(leaf: Condition, columns: Columns, on: date) -> str:
    match leaf:
        case Is(_, value):
            return text(literal(value))
        case OneOf(_, values):
            return f"to_json([{', '.join(text(literal(value)) for value in values)}])"
        case _:
            ends = bound_ends(leaf.bound, columns, on)  # type: ignore[union-attr]
            return text(ends.low) if ends.plain else _value(text(ends.low), text(ends.high))


def _value(low: str, high: str) -> str:
    """One value where both ends are the same, null where there are none, else an object."""
    return (
        f"CASE WHEN {low} = {high} THEN to_json({low}) "
        f"WHEN {low} IS NULL AND {high} IS NULL THEN NULL ELSE {_ends(low, high)} END"
    )


def _ends(low: str, high: str) -> str:
    return f"json_object('low', {low}, 'high', {high})"


def _or_null(bound: int | None) -> str:
    return "NULL" if bound is None else str(bound)


def _quoted(word: str) -> str:
    return text(exp.Literal.string(word))
