"""Before and after by family, and the tables that are made of it: by area, by group, by amount.

The table `outcome` of the connection: one row a family and programme, and with programme '' one a
family over all programmes looked at. Its columns stand in `sql/simulate/families.sql`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.area_tree import AreaTree
from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.rows import relation_of
from tangga.engine.simulate.affected import Affected
from tangga.engine.simulate.answers import named
from tangga.engine.simulate.kinds import KINDS, Group
from tangga.engine.simulate.opened import Opened
from tangga.engine.statements import template
from tangga.rules.names import PERSON_TABLE
from tangga.rules.on_date import OnDate

OUTCOME, TOGETHER = "outcome", ""
FLAGS = (
    *("fits_before", "fits", "not_known_before", "not_known", "comes_to_fit", "ceases_to_fit"),
    *("known_otherwise", "receives", "served", "families_in", "families_out", "waiting"),
    *("without_rank", "kept", "amount_unknown", "change_unknown", "lost_unknown", "by_the_most"),
    "difference_open",
)
PEOPLE = ("people_in", "people_out", "people_before", "people_after")
MONEY = (
    *("cost_of_all_before", "cost_of_all", "cost_before", "cost", "set_aside_before", "set_aside"),
    *("cost_recorded_before", "cost_recorded", "all_set_aside"),
)
MEASURED = (*FLAGS, *PEOPLE, *MONEY, "winners", "losers")
FINEST = "district"
OF_FAMILIES = {"most": "", "sum": "", "people": "", "each": "people", "group": ""}
OF_PERSONS = {"most": "max", "sum": "sum", "people": "sum", "each": "1"}
OF_PERSONS |= {"group": "GROUP BY programme, family_id, village"}
"""How the rows of a family become one: in a programme for families there is only one."""
MORE = "cost > cost_before AND change_unknown = 0 AND lost_unknown = 0"
LESS = "change_unknown = 0 AND (cost < cost_before OR lost_unknown = 1 AND cost <= cost_before)"
"""Who loses support gets less, whatever it was; of another amount not known nothing is told."""
SIZES = ((1, 1), (2, 3), (4, 5), (6, None))
"""Members of a family: from, to (None: and more)."""


def write_outcome(opened: Opened, affected: Affected, before: OnDate, after: OnDate) -> None:
    """Make `outcome`."""
    con = opened.steps.con
    selects = []
    for code in affected.programmes:
        how = OF_PERSONS if named(code, before, after).unit == PERSON_TABLE else OF_FAMILIES
        selects.append(template("simulate", "families").substitute(programme=code, **how))
    if not selects:
        selects = [template("simulate", "families").substitute(programme="", **OF_FAMILIES)]
    con.execute(f"CREATE OR REPLACE TEMP TABLE _each AS {' UNION ALL '.join(selects)}")
    bits = " | ".join(f"({name} << {n})" for n, name in enumerate(FLAGS))
    flags = ", ".join(f"((bits >> {n}) & 1)::INTEGER AS {name}" for n, name in enumerate(FLAGS))
    summed = ", ".join(f"sum({name})::BIGINT AS {name}" for name in MONEY)
    most = ", ".join(f"max({name}) AS {name}" for name in PEOPLE)
    same = ", ".join(("programme", "family_id", "village", *FLAGS, *PEOPLE, *MONEY))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {OUTCOME} AS SELECT *, "
        f"({MORE})::INTEGER AS winners, ({LESS})::INTEGER AS losers FROM (\n"
        f"SELECT {same} FROM _each UNION ALL BY NAME\n"
        f"SELECT '{TOGETHER}' AS programme, * EXCLUDE (bits), {flags} FROM (\n"
        f"SELECT family_id, village, bit_or({bits}) AS bits, {most}, {summed} "
        "FROM _each GROUP BY family_id, village))"
    )
    con.execute("DROP TABLE _each")


def _sums(relation: str, keys: Sequence[str]) -> str:
    listed = ", ".join(f"sum({name})::BIGINT AS {name}" for name in MEASURED)
    by = ", ".join(keys)
    return f"SELECT {by}, count(*) AS families, {listed} FROM {relation} GROUP BY {by}"


def totals_sql() -> str:
    """One row a programme ('' together); key: programme."""
    return _sums(OUTCOME, ["programme"]) + " ORDER BY programme"


def by_area_sql(opened: Opened, tree: AreaTree) -> str:
    """One row a level, area and programme; key: level, area, programme. A family whose area is not
    known counts in the country alone, and in a row without an area at each level below."""
    con, levels = opened.steps.con, list(tree.levels)
    levels = levels[: levels.index(FINEST) + 1] if FINEST in levels else levels
    finest = tree.levels[levels[-1]]
    village = f"CASE WHEN length(village) >= {finest} THEN left(village, {finest}) END"
    summed = _sums(f"(SELECT * REPLACE ({village} AS village) FROM {OUTCOME})",
                   ["programme", "village"])  # fmt: skip
    con.execute(f"CREATE OR REPLACE TEMP TABLE _areas AS {summed}")
    found = con.execute("SELECT DISTINCT village FROM _areas WHERE village IS NOT NULL").fetchall()
    codes = tree.above(code for (code,) in found)
    names = relation_of(
        {"area": "VARCHAR", "name": "VARCHAR"}, [(code, tree.name(code)) for code in codes]
    )
    counted = ", ".join(f"sum({name})::BIGINT AS {name}" for name in ("families", *MEASURED))
    rows = " UNION ALL ".join(
        f"SELECT {n} AS depth, '{level}' AS level, {_area(tree.levels[level])} AS area, programme, "
        f"{counted} FROM _areas GROUP BY ALL"
        for n, level in enumerate(levels)
    )
    return (
        f"SELECT r.level, r.area, coalesce(n.name, '') AS name, r.* EXCLUDE (depth, level, area) "
        f"FROM ({rows}) AS r LEFT JOIN {names} AS n ON n.area = r.area "
        "ORDER BY r.depth, r.area NULLS LAST, r.programme"
    )


def _area(letters: int) -> str:
    return f"left(village, {letters})" if letters else "''"


def write_cube(opened: Opened, groups: Sequence[Group]) -> None:
    """Make `cube`: all sums by programme and every way of telling families apart at once, and
    `of_all`, how many families of the register are so: each family is looked at once."""
    con = opened.steps.con
    columns = ", ".join(f"{value} AS c{n}" for n, (_, value) in enumerate(_kinds(groups)))
    keys = ["programme", *(f"c{n}" for n in range(len(_kinds(groups))))]
    joined = (
        f"(SELECT o.*, {columns} FROM {OUTCOME} AS o "
        f"JOIN {KINDS} AS k ON k.family_id = o.family_id)"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE cube AS {_sums(joined, keys)}")
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE of_all AS SELECT {', '.join(keys[1:])}, "
        f"count(*) AS families FROM (SELECT {columns} FROM {KINDS} AS k) GROUP BY ALL"
    )


def _kinds(groups: Sequence[Group]) -> list[tuple[str, str]]:
    """Ways of telling families apart, each with the value of a family `k`."""
    return [
        ("decile", "k.decile"),
        ("members", _sizes()),
        ("rung", "coalesce(k.rung, 'none')"),
        *((group.id, f"k.{group.column}") for group in groups),
    ]


def by_group_sql(groups: Sequence[Group]) -> str:
    """One row a way of telling families apart, its value and a programme; key: kind, value,
    programme. `of_families`: all families of the register that are so, whether looked at or not.
    """
    rows = " UNION ALL ".join(_of_kind(n, kind) for n, (kind, _) in enumerate(_kinds(groups)))
    order = "n, try_cast(value AS INTEGER), value, programme"
    return f"SELECT * EXCLUDE (n) FROM ({rows}) ORDER BY {order}"


def _of_kind(n: int, kind: str) -> str:
    counted = ", ".join(f"sum({name})::BIGINT AS {name}" for name in ("families", *MEASURED))
    summed = f"SELECT programme, c{n}::VARCHAR AS value, {counted} FROM cube GROUP BY ALL"
    return (
        f"SELECT {n} AS n, {quoted(kind)} AS kind, coalesce(s.value, 'not_known') AS value, "
        f"s.programme, a.of_families, s.* EXCLUDE (programme, value) FROM ({summed}) AS s "
        f"JOIN (SELECT c{n}::VARCHAR AS value, sum(families)::BIGINT AS of_families FROM of_all "
        "GROUP BY ALL) AS a ON a.value IS NOT DISTINCT FROM s.value"
    )


def _sizes() -> str:
    cases = " ".join(_size(low, high) for low, high in SIZES)
    return f"CASE {cases} END"


def _size(low: int, high: int | None) -> str:
    if high is None:
        return f"WHEN k.people >= {low} THEN '{low}+'"
    shown = f"{low}" if low == high else f"{low}-{high}"
    return f"WHEN k.people BETWEEN {low} AND {high} THEN '{shown}'"


def by_amount_sql() -> str:
    """One row a programme, decile and what a family gains or loses a year; key: programme, decile,
    change. `change`: new, more, same, less, all_lost, none (gets nothing before and after),
    not_known (an amount is not known)."""
    change = (
        "CASE WHEN change_unknown = 1 THEN 'not_known' "
        "WHEN receives = 0 AND served = 0 THEN 'none' "
        "WHEN receives = 0 THEN 'new' WHEN served = 0 THEN 'all_lost' "
        f"WHEN {MORE} THEN 'more' WHEN {LESS} THEN 'less' "
        "WHEN lost_unknown = 1 THEN 'not_known' ELSE 'same' END"
    )
    return (
        f"SELECT programme, decile, change, count(*) AS families, sum(people)::BIGINT AS people, "
        "sum(cost_before)::BIGINT AS amount_before, sum(cost)::BIGINT AS amount "
        f"FROM (SELECT o.programme, k.decile, {change} AS change, k.people, cost_before, cost "
        f"FROM {OUTCOME} AS o JOIN {KINDS} AS k ON k.family_id = o.family_id) "
        "GROUP BY programme, decile, change ORDER BY programme, decile NULLS LAST, change"
    )


def changed_sql() -> str:
    """One row a programme and family (person) whose support or amount is another; key: programme,
    family_id, person_id. Ids only: who they are stands in the register."""
    return (
        "SELECT programme, village, family_id, person_id, decile, fate, receives, served, "
        "CASE WHEN receives THEN amount_before ELSE 0 END AS amount_before, "
        "CASE WHEN served THEN amount_after ELSE 0 END AS amount FROM served "
        "WHERE receives <> served OR (receives AND amount_before IS DISTINCT FROM amount_after) "
        "ORDER BY programme, village NULLS LAST, family_id, person_id NULLS FIRST"
    )
