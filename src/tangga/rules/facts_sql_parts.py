"""The SQL of one derivation: an expression for each of its columns (see `facts_sql`)."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date
from itertools import groupby

from tangga.rules.facts import (
    RELATION,
    Birth,
    CountOf,
    Derivation,
    Earliest,
    First,
    Latest,
    Lookup,
    OfRelation,
    OverMembers,
    Per,
    SumOf,
    When,
)
from tangga.rules.names import Columns
from tangga.rules.to_sql import Ends, count_ends, fact_ends, literal, sum_ends, text, to_sql


def derived(derivation: Derivation, columns: Columns, on: date) -> list[str]:
    """Of a fact that is made from others of the same one: one expression, or low and high.

    TypeError for a derivation that needs the members' rows (`of_members`) or that is given.
    """
    match derivation:
        case Birth():
            return _birth(columns.own)
        case When(condition):
            return [text(to_sql(condition, columns, on))]
        case Per():
            return [_per(derivation, columns)]
        case Lookup():
            return [_lookup(derivation, columns, on)]
        case First(letters, of):
            whole = text(fact_ends(of, columns).low)
            return [f"CASE WHEN length({whole}) >= {letters} THEN left({whole}, {letters}) END"]
    raise TypeError(f"{derivation} is not made from facts of the same one")


def _birth(own: str) -> list[str]:
    day, year, month = (f'{own}."birth_{part}"' for part in ("date", "year", "month"))
    has_month = f"WHEN {month} BETWEEN 1 AND 12 THEN"
    first = f"CASE {has_month} make_date({year}, {month}, 1) ELSE make_date({year}, 1, 1) END"
    last = f"CASE {has_month} last_day(make_date({year}, {month}, 1)) "
    last += f"ELSE make_date({year}, 12, 31) END"
    has_year = f"CASE WHEN {year} BETWEEN {MINYEAR} AND {MAXYEAR} THEN"
    return [f"coalesce({day}, {has_year} {end} END)" for end in (first, last)]


def _per(per: Per, columns: Columns) -> str:
    amount, among = fact_ends(per.amount, columns), fact_ends(per.among, columns)
    one = [f"{text(e.low)} = {text(e.high)}" for e in (amount, among) if not e.plain]
    known = [f"{text(amount.low)} >= 0", f"{text(among.low)} >= 1", *one]
    return f"CASE WHEN {' AND '.join(known)} THEN {text(amount.low)} // {text(among.low)} END"


def _lookup(lookup: Lookup, columns: Columns, on: date) -> str:
    """The longest code first; an area without a line falls through to the next."""
    place = text(fact_ends(lookup.by, columns).low)
    amounts = sorted(lookup.lines.on(on).items(), key=lambda line: (-len(line[0]), line[0]))
    tried = []
    for length, lines in groupby(amounts, key=lambda line: len(line[0])):
        cases = " ".join(f"WHEN '{area}' THEN {amount}" for area, amount in lines)
        tried.append(f"CASE left({place}, {length}) {cases} END")
    return f"CAST(coalesce({', '.join([*tried, 'NULL'])}) AS BIGINT)"


def of_members(derivation: OverMembers, of_member: Columns, on: date) -> list[str]:
    """Aggregates over the rows of members, for a GROUP BY family_id: one, or low and high.

    One is enough where both ends are the same for sure; the caller takes as many as the fact has
    columns.
    """
    match derivation:
        case CountOf(where):
            ends = count_ends(where, of_member, on)
            return [f"CAST({text(end)} AS INTEGER)" for end in (ends.low, ends.high)]
        case SumOf(fact, where):
            ends = sum_ends(fact, where, of_member, on)
            return [text(ends.low), text(ends.high)]
        case Earliest(fact, where) | Latest(fact, where):
            so = text(to_sql(where, of_member, on))
            end_of = _earliest if isinstance(derivation, Earliest) else _latest
            return end_of(so, fact_ends(fact, of_member))
        case _:
            return _of_relation(derivation, of_member)


def _filtered(aggregate: str, where: str) -> str:
    return f"{aggregate} FILTER (WHERE {where})"


def _earliest(so: str, value: Ends) -> list[str]:
    """No earlier than any who may be so, no later than the first who surely is."""
    low, high = text(value.low), text(value.high)
    return [_bounded("min", low, so), _filtered(f"min({high})", so)]


def _latest(so: str, value: Ends) -> list[str]:
    low, high = text(value.low), text(value.high)
    return [_filtered(f"max({low})", so), _bounded("max", high, so)]


def _bounded(extreme: str, end: str, so: str) -> str:
    """Of all who may be so, if one surely is and each of them has this end."""
    maybe = f"({so}) IS DISTINCT FROM FALSE"
    some = _filtered("count(*)", so) + " > 0"
    every = _filtered("count(*)", f"{maybe} AND {end} IS NULL") + " = 0"
    return f"CASE WHEN {some} AND {every} THEN {_filtered(f'{extreme}({end})', maybe)} END"


def _of_relation(of: OfRelation, of_member: Columns) -> list[str]:
    such = f"{text(fact_ends(RELATION, of_member).low)} = {text(literal(of.relation))}"
    value = fact_ends(of.fact, of_member)
    low, high = text(value.low), text(value.high)
    least, most = _filtered(f"min({low})", such), _filtered(f"max({high})", such)
    all_low, all_high = (
        f"{_filtered('count(*)', such)} = {_filtered(f'count({end})', such)}" for end in (low, high)
    )
    if of.ranged:
        return [f"CASE WHEN {all_low} THEN {least} END", f"CASE WHEN {all_high} THEN {most} END"]
    return [f"CASE WHEN {all_low} AND {least} = {most} THEN {least} END"]
