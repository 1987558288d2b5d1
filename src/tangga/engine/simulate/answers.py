"""What the rules of today and those of the scenario say of everybody, side by side.

The table `answers` of the connection: one row a programme and family (in a programme for persons,
a person) of whom one of the two does not say no, or who receives today; key: programme, family_id,
person_id.

    before, after     the verdicts: TRUE fits, FALSE does not, NULL not known
    receives          somebody determined them, and their support runs on the day
    since             since when
    amount_before, amount_after   whole rupiah a year, NULL where not known, 0 in kind
    recorded_before, recorded_after, most_before, most_after, sets   see `reserve`
"""

from __future__ import annotations

from dataclasses import replace

from tangga.engine.plan.decisions import answer_column, columns_of, quoted
from tangga.engine.simulate.affected import Affected
from tangga.engine.simulate.opened import STORED, Opened
from tangga.engine.simulate.reserve import recorded_sql, write_most
from tangga.rules.components import best_first, in_order
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Benefit, Programme
from tangga.rules.programmes_sql import components_sql
from tangga.rules.to_sql import text, to_sql

ANSWERS = "answers"


def write_answers(opened: Opened, affected: Affected, before: OnDate, after: OnDate) -> None:
    """Make `answers` for the programmes that the scenario touches."""
    con = opened.steps.con
    selects = []
    for unit in (FAMILY_TABLE, PERSON_TABLE):
        of_unit = [code for code in affected.programmes if _unit(code, before, after) == unit]
        if of_unit:
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE _{unit} AS "
                + _wide(opened, affected, before, after, of_unit, unit)
            )
            selects += [_long(opened, affected, before, after, code, unit) for code in of_unit]
    rows = " UNION ALL ".join(selects) or _nobody()
    con.execute(f"CREATE OR REPLACE TEMP TABLE {ANSWERS} AS {rows}")
    write_most(opened, affected.programmes, before, after)


def _nobody() -> str:
    return (
        "SELECT '' AS programme, '' AS family_id, '' AS person_id, NULL::BOOLEAN AS before, "
        "NULL::BOOLEAN AS after, FALSE AS receives, NULL::DATE AS since, "
        "NULL::BIGINT AS amount_before, NULL::BIGINT AS amount_after, "
        "NULL::BIGINT AS recorded_before, NULL::BIGINT AS recorded_after, "
        "0::BIGINT AS most_before, 0::BIGINT AS most_after, FALSE AS sets LIMIT 0"
    )


def named(code: str, before: OnDate, after: OnDate) -> Programme:
    """A programme by its code, as the scenario has it."""
    return (after if code in after.programmes else before).programmes[code][0]


def _unit(code: str, before: OnDate, after: OnDate) -> str:
    return named(code, before, after).unit


# --- verdicts -------------------------------------------------------------------------------------


def _wide(
    opened: Opened,
    affected: Affected,
    before: OnDate,
    after: OnDate,
    codes: list[str],
    unit: str,
) -> str:
    """One row a family or person, and two columns a programme: in one look at the facts."""
    listed = "".join(
        f",\n  {_stored(before, code)} AS b{n}, {_verdict(after, code, code in affected.changed)} "
        f"AS a{n}"
        for n, code in enumerate(codes)
    )
    facts = opened.after("facts")
    if unit == FAMILY_TABLE:
        return (
            f"SELECT f.family_id, NULL::VARCHAR AS person_id{listed}\nFROM {facts} AS f\n"
            f"LEFT JOIN {opened.before('verdicts')} AS v ON v.family_id = f.family_id"
        )
    return (
        f"SELECT p.family_id, p.person_id{listed}\nFROM {opened.after('person_facts')} AS p\n"
        f"JOIN {facts} AS f ON f.family_id = p.family_id\n"
        f"LEFT JOIN {opened.before('person_verdicts')} AS v ON v.person_id = p.person_id"
    )


def _stored(before: OnDate, code: str) -> str:
    """The verdict that the run keeps; without a rule on the day nobody fits."""
    if code not in before.programmes:
        return "FALSE"
    requires = before.programmes[code][1].says.requires
    return " AND ".join(f'v."{answer_column(code, one)}"' for one in requires)


def _verdict(after: OnDate, code: str, changed: bool) -> str:
    if code not in after.programmes:
        return "FALSE"
    if not changed:
        return _stored(after, code)
    programme, version = after.programmes[code]
    columns = columns_of(after, programme.unit == PERSON_TABLE)
    each = (text(to_sql(one.condition, columns, after.day)) for one in version.says.requires)
    return " AND ".join(f"({one})" for one in each)


def _long(
    opened: Opened, affected: Affected, before: OnDate, after: OnDate, code: str, unit: str
) -> str:
    """The rows of one programme, with who receives and what it gives."""
    of_unit = [one for one in affected.programmes if _unit(one, before, after) == unit]
    n = of_unit.index(code)
    same = "x.person_id = w.person_id" if unit == PERSON_TABLE else "x.family_id = w.family_id"
    determined = f"(SELECT * FROM {opened.before('determined')} WHERE programme = {quoted(code)})"
    amounts = _amounts(opened, affected, before, after, code)
    return f"""
SELECT {quoted(code)} AS programme, w.family_id, w.person_id, w.b{n} AS before, w.a{n} AS after,
       x.family_id IS NOT NULL AS receives, coalesce(x.determined_on, x.valid_from) AS since,
       {amounts["before"]} AS amount_before, {amounts["after"]} AS amount_after,
       {amounts["recorded"]}, 0::BIGINT AS most_before, 0::BIGINT AS most_after, FALSE AS sets
FROM _{unit} AS w LEFT JOIN {determined} AS x ON {same}{amounts["joins"]}
WHERE w.b{n} IS NOT FALSE OR w.a{n} IS NOT FALSE OR x.family_id IS NOT NULL"""


# --- amounts --------------------------------------------------------------------------------------


def _amounts(
    opened: Opened, affected: Affected, before: OnDate, after: OnDate, code: str
) -> dict[str, str]:
    """SQL of both amounts of a programme, and what they need to be joined."""
    old, new = _benefit(before, code), _benefit(after, code)
    stored = f"(SELECT * FROM {opened.before('benefits')} WHERE programme = {quoted(code)})"
    joins = ""
    if old.components:
        joins += f"\nLEFT JOIN {stored} AS o ON o.family_id = w.family_id"
    same = opened.anew == STORED and old == new
    if new.components and not same:
        made = _by_components(opened, before, after, code)
        joins += f"\nLEFT JOIN ({made}) AS m ON m.family_id = w.family_id"
    recorded = "NULL::BIGINT AS recorded_before, NULL::BIGINT AS recorded_after"
    if old.components or new.components:
        joins += f"\nLEFT JOIN ({recorded_sql(opened, code, old, new)}) AS e "
        joins += "ON e.family_id = w.family_id"
        recorded = "e.recorded_before, e.recorded_after"
    return {
        "joins": joins,
        "recorded": recorded,
        "before": _amount(old, "o"),
        "after": _amount(new, "o" if same else "m"),
    }


def _benefit(today: OnDate, code: str) -> Benefit:
    return today.programmes[code][1].says.benefit if code in today.programmes else Benefit()


def _amount(benefit: Benefit, alias: str) -> str:
    """By components what is sure of somebody; else the one amount, which is 0 in kind."""
    if benefit.components:
        return f"CAST({alias}.amount AS BIGINT)"
    return f"{benefit.amount_year}::BIGINT"


def _by_components(opened: Opened, before: OnDate, after: OnDate, code: str) -> str:
    """family_id and the sum of what is counted of a programme's components.

    Where nothing but amounts is other, and none of them changes who takes what, those whom the run
    counted are counted again.
    """
    old, new = _benefit(before, code), _benefit(after, code)
    if opened.anew == STORED and _same_takers(old, new):
        amounts = " ".join(f"WHEN '{one.id}' THEN {one.amount_year}" for one in new.components)
        stored = f"(SELECT * FROM {opened.before('components')} WHERE programme = {quoted(code)})"
        rows = f"(SELECT family_id, counted, CASE component {amounts} END AS amount FROM {stored})"
    else:
        alone: OnDate = replace(after, programmes={code: after.programmes[code]})
        made = components_sql(alone, opened.after("person_facts"), opened.after("facts"))
        rows = f"({made})"
    return (
        f"SELECT family_id, sum(amount)::BIGINT AS amount FROM {rows} "
        "WHERE counted GROUP BY family_id"
    )


def _same_takers(old: Benefit, new: Benefit) -> bool:
    """Whether each member takes the same component under both, and the same are counted."""

    def takers(benefit: Benefit) -> tuple[object, ...]:
        plain = tuple(replace(one, amount_year=0) for one in benefit.components)
        orders = (in_order(benefit), best_first(benefit.components))
        return (replace(benefit, components=plain), *([o.id for o in one] for one in orders))

    return takers(old) == takers(new)
