"""The reading of components and amounts for a whole country, as SELECTs for DuckDB.

    components_sql(today, person_facts="(SELECT ...)", facts="(SELECT ...)")
    benefits_sql(today, components=..., verdicts=..., person_verdicts=...)

`components` is the other reading. A member's possible components are one number, bit by bit in the
order of the version. Limits are worked out only for families in which one could bind: there are
few, and elsewhere all who surely fit are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from tangga.rules.components import best_first, in_order
from tangga.rules.conditions import PERSON, facts_used
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns, Names
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Benefit, Component
from tangga.rules.to_sql import fact_ends, text, to_sql

NO_COMPONENTS = """
SELECT NULL::VARCHAR AS family_id, NULL::VARCHAR AS person_id, NULL::VARCHAR AS programme,
  NULL::VARCHAR AS component, NULL::BIGINT AS amount, NULL::BOOLEAN AS counted,
  NULL::BOOLEAN AS known
WHERE FALSE"""
NO_BENEFITS = """
SELECT NULL::VARCHAR AS family_id, NULL::VARCHAR AS person_id, NULL::VARCHAR AS programme,
  NULL::BIGINT AS amount
WHERE FALSE"""


def answer_column(programme: str, requirement: str) -> str:
    """The column of `verdicts` or `person_verdicts` that holds a requirement's answer."""
    return f"{programme}__{requirement}"


def components_sql(today: OnDate, person_facts: str, facts: str) -> str:
    """One row a programme and member of whom a component fits or may fit, of every programme.

    person_facts, facts: relations with the facts of persons and families (`family_id`,
    `person_id`). Columns: family_id, person_id, programme, component (NULL: none surely fits),
    amount (whole rupiah a year), counted, known; as in `components.Allotment`.
    """
    selects = [
        _Select(programme.id, version.says.benefit, today.facts.names, today.day).sql(
            person_facts, facts
        )
        for programme, version in today.programmes.values()
        if version.says.benefit.components and programme.unit == FAMILY_TABLE
    ]
    union = "\nUNION ALL\n".join(f"({one})" for one in selects) or NO_COMPONENTS
    return f"SELECT * FROM (\n{union}\n)"


def benefits_sql(today: OnDate, components: str, verdicts: str, person_verdicts: str) -> str:
    """What each programme gives: family_id, person_id (NULL: the family), programme, amount.

    By components: one row a family of whom somebody is counted. One amount for all: a row for
    everybody of whom the programme does not say no. Whole rupiah a year.
    """
    paid = [
        _flat(programme.id, version.says.benefit.amount_year, requires, relation, person)
        for programme, version in today.programmes.values()
        if version.says.benefit.amount_year
        for requires in [[one.id for one in version.says.requires]]
        for relation, person in [
            (verdicts, "NULL::VARCHAR")
            if programme.unit == FAMILY_TABLE
            else (person_verdicts, "person_id")
        ]
    ]
    summed = f"""
SELECT family_id, NULL::VARCHAR AS person_id, programme, sum(amount)::BIGINT AS amount
FROM {components} WHERE counted GROUP BY family_id, programme"""
    union = "\nUNION ALL".join([summed, *paid])
    return f"SELECT * FROM ({union}\n)"


def _flat(programme: str, amount: int, requires: Iterable[str], relation: str, person: str) -> str:
    met = " AND ".join(f'"{answer_column(programme, one)}"' for one in requires)
    return f"""
SELECT family_id, {person} AS person_id, '{programme}' AS programme, {amount}::BIGINT AS amount
FROM {relation} WHERE ({met}) IS NOT FALSE"""


@dataclass(frozen=True)
class _Select:
    """The SELECT of one programme. Positions count from 0, in the order of the limits."""

    programme: str
    benefit: Benefit
    names: Names
    day: date

    @property
    def order(self) -> tuple[Component, ...]:
        return in_order(self.benefit)

    def sql(self, person_facts: str, facts: str) -> str:
        tight = self._tight()
        answered, candidates = self._answered(person_facts, facts), self._candidates()
        parts = [f"answered AS (\n{answered}\n)", f"candidates AS MATERIALIZED (\n{candidates}\n)"]
        if not tight:
            return f"WITH {', '.join(parts)}\n{self._row('candidates', 'sure IS NOT NULL')}"
        parts += [
            f"tight AS MATERIALIZED (\n{tight}\n)",
            f"limits AS (\n{self._limits()}\n)",
            f"ranked AS (\n{self._ranked()}\n)",
        ]
        easy = "(SELECT * FROM candidates ANTI JOIN tight USING (family_id))"
        return (
            f"WITH {', '.join(parts)}\n{self._row(easy, 'sure IS NOT NULL')}\nUNION ALL\n"
            f"{self._row('ranked', self._counted())}"
        )

    # --- who may take what ------------------------------------------------------------------------

    def _answered(self, person_facts: str, facts: str) -> str:
        """The answer to each component, of everybody for whom one is not no."""
        columns = Columns(self.names, PERSON_TABLE, "p", "f")
        answers = [text(to_sql(one.who, columns, self.day)) for one in self.order]
        listed = ",\n  ".join(f"{answer} AS a{n}" for n, answer in enumerate(answers))
        uses_family = any(
            entity != PERSON for one in self.order for entity, _ in facts_used(one.who, PERSON)
        )
        join = f"\nJOIN {facts} AS f ON f.family_id = p.family_id" if uses_family else ""
        ties = "".join(f", {tie} AS tie{n}" for n, tie in enumerate(self._ties(columns)))
        some = " OR ".join(f"a{n} IS NOT FALSE" for n in range(len(self.order)))
        return (
            f"SELECT * FROM (SELECT p.family_id, p.person_id{ties},\n  {listed}\n"
            f"FROM {person_facts} AS p{join})\nWHERE {some}"
        )

    def _ties(self, columns: Columns) -> list[str]:
        if not self.benefit.ties:
            return []
        ends = fact_ends(self.benefit.ties, columns)
        shown: list[exp.Expr] = [ends.low] if ends.plain else [ends.low, ends.high]
        return [text(end) for end in shown]

    def _candidates(self) -> str:
        """sure: position of the best that surely fits. possible: bits of that and better ones."""
        best = [self.order.index(one) for one in best_first(self.order)]
        sure = " ".join(f"WHEN a{p} THEN {p}" for p in best)
        bits = []
        for rank, p in enumerate(best):
            better = "".join(f" AND a{other} IS NOT TRUE" for other in best[:rank])
            bits.append(f"CASE WHEN a{p} IS NOT FALSE{better} THEN {1 << p} ELSE 0 END")
        ties = "".join(f", tie{n}" for n in range(self._tie_count))
        return (
            f"SELECT *, sure IS NOT NULL AND possible = (1::BIGINT << coalesce(sure, 0)) AS known\n"
            f"FROM (SELECT family_id, person_id{ties},\n  CASE {sure} END AS sure,\n"
            f"  ({' + '.join(bits)})::BIGINT AS possible\nFROM answered)"
        )

    @property
    def _tie_count(self) -> int:
        return len(self._ties(Columns(self.names, PERSON_TABLE, "p", "f")))

    # --- families in which a limit could bind -----------------------------------------------------

    def _tight(self) -> str:
        """The families with more possible takers than one of the limits; "" without limits."""
        some = list(self._too_many())
        if not some:
            return ""
        return f"SELECT family_id FROM candidates GROUP BY family_id\nHAVING {' OR '.join(some)}"

    def _too_many(self) -> Iterator[str]:
        if self.benefit.most_members is not None:
            yield f"count(*) > {self.benefit.most_members}"
        if self.benefit.most_children is not None:
            yield f"{_count(_any(self._child_bits))} > {self.benefit.most_children}"
        for p, component in enumerate(self.order):
            if component.most is not None:
                yield f"{_count(_any(1 << p))} > {component.most}"

    @property
    def _child_bits(self) -> int:
        return sum(1 << p for p, one in enumerate(self.order) if one.child)

    def _limits(self) -> str:
        """For each such family, the most places that may be taken before each position.

        taken, children: lists, of which element p + 1 is that before position p.
        """
        last = range(len(self.order) + 1)
        surely = [f"count(*) FILTER (known AND sure = {p}) AS n{p}" for p in last[:-1]]
        maybe = [
            f"{_count(f'NOT known AND {_any(1 << p)}')} AS o{p}"
            for p, one in enumerate(self.order)
            if one.most is not None
        ]
        early = [column for b in last for column in self._early(b)]
        counted = ",\n  ".join((*surely, *maybe, *early))
        return (
            f"SELECT *,\n  [{', '.join(map(self._taken, last))}] AS taken,\n"
            f"  [{', '.join(map(self._children, last))}] AS children\nFROM (\n"
            f"SELECT family_id, {counted}\nFROM candidates SEMI JOIN tight USING (family_id)\n"
            "GROUP BY family_id)"
        )

    def _early(self, before: int) -> Iterator[str]:
        """How many who are not known may come before a position: all, as a child, only so."""
        bits = (1 << before) - 1
        child, other = bits & self._child_bits, bits & ~self._child_bits
        yield f"{_count(f'NOT known AND {_any(bits)}')} AS e{before}"
        yield f"{_count(f'NOT known AND {_any(child)}')} AS c{before}"
        only = f"NOT known AND {_any(child)} AND NOT {_any(other)}"
        yield f"{_count(only)} AS oc{before}"

    def _taken(self, before: int) -> str:
        children = self._sum(before, child=True) + f" + oc{before}"
        if self.benefit.most_children is not None:
            children = f"least({children}, {self.benefit.most_children})"
        return f"{children} + {self._sum(before, child=False)} + e{before} - oc{before}"

    def _children(self, before: int) -> str:
        return f"{self._sum(before, child=True)} + c{before}"

    def _sum(self, before: int, *, child: bool) -> str:
        """Places of those who are known before a position, within the most of each component."""
        listed = [
            f"n{p}" if one.most is None else f"least(n{p}, {one.most})"
            for p, one in enumerate(self.order[:before])
            if one.child is child
        ]
        return " + ".join(listed) or "0"

    def _ranked(self) -> str:
        """Members of those families, in their order within a component, with its limits."""
        ties = "".join(f"tie{n} NULLS LAST, " for n in range(self._tie_count))
        last = " ".join(
            f"WHEN {_any(1 << p)} THEN {p + 1}" for p in reversed(range(len(self.order)))
        )
        return (
            f"SELECT *, CASE {last} END AS after,\n"
            "  row_number() OVER (PARTITION BY family_id, known, sure\n"
            f"    ORDER BY {ties}person_id) AS place\n"
            "FROM candidates JOIN limits USING (family_id)"
        )

    def _counted(self) -> str:
        known = ["taken[sure + 1] + place", "children[sure + 1] + place"]
        maybe = ["taken[after + 1]", "children[after + 1]"]
        of_known = [*self._room(*known), *self._most("place <= {most}", "sure = {p}")]
        of_open = [*self._room(*maybe), *self._most("n{p} + o{p} <= {most}", _any("{bit}"))]
        return (
            f"CASE WHEN sure IS NULL THEN FALSE WHEN known THEN {_all(of_known)}"
            f" ELSE {_all(of_open)} END"
        )

    def _room(self, places: str, children: str) -> Iterator[str]:
        if self.benefit.most_members is not None:
            yield f"{places} <= {self.benefit.most_members}"
        if self.benefit.most_children is not None:
            child = _any(self._child_bits)
            yield f"(NOT {child} OR {children} <= {self.benefit.most_children})"

    def _most(self, test: str, applies: str) -> Iterator[str]:
        for p, one in enumerate(self.order):
            if one.most is not None:
                given = {"p": p, "bit": 1 << p, "most": one.most}
                yield f"(NOT ({applies.format(**given)}) OR {test.format(**given)})"

    # --- the rows ---------------------------------------------------------------------------------

    def _row(self, relation: str, counted: str) -> str:
        ids = " ".join(f"WHEN {p} THEN '{one.id}'" for p, one in enumerate(self.order))
        amounts = " ".join(f"WHEN {p} THEN {one.amount_year}" for p, one in enumerate(self.order))
        return (
            f"SELECT family_id, person_id, '{self.programme}' AS programme,\n"
            f"  CASE sure {ids} END AS component,\n"
            f"  (CASE sure {amounts} ELSE 0 END)::BIGINT AS amount,\n"
            f"  {counted} AS counted, known\nFROM {relation}"
        )


def _any(bits: int | str) -> str:
    return f"(possible & {bits} <> 0)"


def _count(so: str) -> str:
    return f"count(*) FILTER ({so})"


def _all(conditions: Sequence[str]) -> str:
    return " AND ".join(conditions) or "TRUE"
