"""Payees for a whole country, as SQL for DuckDB; `payee` is the plain reading beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tangga.rules.conditions import facts_used
from tangga.rules.names import PERSON_TABLE, Columns
from tangga.rules.payee import DEAD, LEFT, MISSING, SPENT
from tangga.rules.policy import Dated, MoveRule
from tangga.rules.to_sql import text, to_sql

if TYPE_CHECKING:
    from tangga.rules.on_date import OnDate

LATEST = "DATE '9999-12-31'"


def payees_sql(
    today: OnDate, spells: str, facts: str, person_facts: str, barred: str, dead: str
) -> str:
    """One row a running spell whose payee must change, or of whom it is not known: family_id,
    programme, payee_person_id, why, proposed_person_id, choice, unsure.

    why: NULL where it is not known whether the payee meets the loosest choice. spells: family_id,
    programme, payee_person_id, of those that run. barred, dead: person_id. Most payees meet it:
    they are left out first.
    """
    return (
        f"WITH named AS MATERIALIZED (\n"
        f"  SELECT DISTINCT family_id, programme, payee_person_id FROM {spells}),\n"
        f"good AS (SELECT p.family_id, p.person_id FROM {_people(today, facts, person_facts)}\n"
        "  SEMI JOIN named AS n ON n.payee_person_id = p.person_id\n"
        f"  WHERE {_all(today.choices[-1][1], _columns(today), today)}),\n"
        "spells AS MATERIALIZED (SELECT s.* FROM named AS s ANTI JOIN good AS g\n"
        "  ON g.person_id = s.payee_person_id AND g.family_id = s.family_id),\n"
        f"candidates AS MATERIALIZED ({_candidates(today, facts, person_facts)}),\n"
        f"best AS ({_best(today, barred)})\n"
        "SELECT s.family_id, s.programme, s.payee_person_id,\n"
        f"  {_why(today)} AS why,\n"
        "  b.proposed.id AS proposed_person_id, b.proposed.choice AS choice,\n"
        "  coalesce(b.unsure, FALSE) AS unsure\n"
        "FROM spells AS s\n"
        "LEFT JOIN best AS b ON b.family_id = s.family_id\n"
        "LEFT JOIN candidates AS p ON p.person_id = s.payee_person_id\n"
        "  AND p.family_id = s.family_id\n"
        f"LEFT JOIN (SELECT DISTINCT person_id FROM {dead}) AS d\n"
        "  ON d.person_id = s.payee_person_id"
    )


def barred_sql(
    cases: str, person_facts: str, violence: str = "violence", by_payee: str = "against_payee"
) -> str:
    """person_id of those whom recorded violence bars (`payee.barred`).

    cases: person_id of the one who suffered, and two BOOLEAN columns (or expressions): violence was
    recorded, and it was done by the one who would be payee.
    """
    return (
        "WITH victims AS (SELECT DISTINCT p.person_id, p.family_id\n"
        f"  FROM (SELECT person_id FROM {cases} WHERE {violence} AND {by_payee}) AS c\n"
        f"  JOIN {person_facts} AS p ON p.person_id = c.person_id)\n"
        f"SELECT p.person_id FROM {person_facts} AS p\n"
        "SEMI JOIN victims AS f ON f.family_id = p.family_id\n"
        "ANTI JOIN victims AS v ON v.person_id = p.person_id"
    )


def after_death_sql(payments: str, persons: str) -> str:
    """One row a payment for a time after its person's death: the payment's columns, died_on, what.

    payments: person_id, family_id, period_start, amount, status ... persons: person_id, family_id,
    status, death_date. A death without a date is not known to lie before: it is left out.
    """
    spent = ", ".join(f"'{status}'" for status in sorted(SPENT))
    return (
        "WITH living AS (SELECT DISTINCT family_id\n"
        f"  FROM {persons} WHERE status IS DISTINCT FROM 'dead')\n"
        "SELECT y.*, p.death_date AS died_on,\n"
        f"  CASE WHEN y.status IS NULL OR y.status NOT IN ({spent}) THEN 'untouched'\n"
        "    WHEN l.family_id IS NOT NULL THEN 'good_faith' ELSE 'to_recover' END AS what\n"
        f"FROM {payments} AS y\n"
        f"JOIN {persons} AS p ON p.person_id = y.person_id AND p.status = 'dead'\n"
        "LEFT JOIN living AS l ON l.family_id = p.family_id\n"
        "WHERE y.period_start > p.death_date"
    )


def _columns(today: OnDate) -> Columns:
    return Columns(today.facts.names, PERSON_TABLE, own="p", family="f")


def _people(today: OnDate, facts: str, person_facts: str) -> str:
    """All members `p`, with facts of their families `f` where the loosest choice reads them."""
    conditions = [r.condition for r in today.choices[-1][1].says.requires]
    used = {entity for one in conditions for entity, _ in facts_used(one, PERSON_TABLE)}
    if used <= {PERSON_TABLE}:
        return f"{person_facts} AS p"
    return f"{person_facts} AS p JOIN {facts} AS f ON f.family_id = p.family_id"


def _candidates(today: OnDate, facts: str, person_facts: str) -> str:
    """Each member of a family with such a spell: whether they fit each choice."""
    columns = _columns(today)
    fits = ", ".join(
        f"{_all(rule, columns, today)} AS fits_{n}" for n, (_, rule) in enumerate(today.choices)
    )
    last = "".join(
        f", {text(to_sql(r.condition, columns, today.day))} AS meets_{r.id}"
        for r in today.choices[-1][1].says.requires
    )
    families = "(SELECT DISTINCT family_id FROM spells)"
    return (
        f"SELECT p.person_id, p.family_id, p.born_lo, {fits}{last}\n"
        f"FROM (SELECT * FROM {person_facts} SEMI JOIN {families} AS s USING (family_id)) AS p\n"
        f"JOIN (SELECT * FROM {facts} SEMI JOIN {families} AS s USING (family_id)) AS f\n"
        "  ON f.family_id = p.family_id"
    )


def _best(today: OnDate, barred: str) -> str:
    """For each family the first choice, the eldest in it, and whether somebody might come first."""
    numbers = range(len(today.choices))
    first = " ".join(f"WHEN fits_{n} THEN {n}" for n in numbers)
    maybe = " ".join(f"WHEN fits_{n} IS NULL THEN {n}" for n in numbers)
    names = " ".join(f"WHEN {n} THEN '{choice.id}'" for n, (choice, _) in enumerate(today.choices))
    return (
        "SELECT family_id,\n"
        f"  min({{'n': n, 'born': coalesce(born_lo, {LATEST}), 'id': person_id,\n"
        f"    'choice': CASE n {names} END}}) FILTER (n IS NOT NULL) AS proposed,\n"
        "  coalesce(min(maybe) <= coalesce(min(n), min(maybe)), FALSE) AS unsure\n"
        f"FROM (SELECT *, CASE {first} END AS n, CASE {maybe} END AS maybe FROM candidates AS c\n"
        f"  ANTI JOIN {barred} AS v ON v.person_id = c.person_id)\n"
        "GROUP BY family_id"
    )


def _why(today: OnDate) -> str:
    """`payee.why_change` as SQL."""
    last = today.choices[-1][1].says.requires
    unmet = " ".join(f"WHEN NOT p.meets_{r.id} THEN '{r.id}'" for r in last)
    return (
        f"CASE WHEN s.payee_person_id IS NULL THEN '{MISSING}'\n"
        f"    WHEN p.person_id IS NULL AND d.person_id IS NOT NULL THEN '{DEAD}'\n"
        f"    WHEN p.person_id IS NULL THEN '{LEFT}' {unmet} END"
    )


def _all(rule: Dated[MoveRule], columns: Columns, today: OnDate) -> str:
    met = (f"({text(to_sql(r.condition, columns, today.day))})" for r in rule.says.requires)
    return f"({' AND '.join(met)})"
