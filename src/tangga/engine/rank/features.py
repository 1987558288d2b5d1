"""What a model asks of every family, answered from the register: the table `model_facts`.

One row a family in which anybody lives, one column a feature under its own name: a number
(DOUBLE), or a word. What is not known is null, as is a count or day of which only a range is known.
Yes and no are 1 and 0 to a numeric feature, `true` and `false` to a categorical one; a day is whole
years up to the day of the run. Columns that begin with `_` are the rank's own (`OWN`); no feature
can be called so.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from tangga.engine.plan.acts import shocks_sql
from tangga.engine.plan.clock import Day
from tangga.engine.plan.cut import of_family
from tangga.engine.plan.facts import relation_of_part
from tangga.engine.rank.before import FACTS, Before, day_column
from tangga.engine.rank.model import Applied
from tangga.engine.runner import Part, Steps
from tangga.engine.welfare.columns import Column, Table
from tangga.engine.welfare.model import Model
from tangga.engine.welfare.spec import Feature
from tangga.engine.welfare.table_file import numbers, words
from tangga.rules.clock_settings import Clock
from tangga.rules.facts import DEAD, Fact
from tangga.rules.facts_sql import Relation, Sources, family_facts_sql, person_facts_sql
from tangga.rules.to_sql import HIGH, LOW

OWN = {
    "_people": "living members",
    "_area": "the area within which local deciles are made",
    "_line": "the poverty line of the place, a person",
    "_shock": "whether a recorded shock stands open",
}
NO_SHOCKS = "(SELECT '' AS family_id LIMIT 0)"


def write_model_facts(steps: Steps, of: Applied, before: Before) -> None:
    """Write `model_facts`. before: what the run before held, where the model ranks."""
    shocks = _shocks(steps, of)

    def sql(part: Part) -> str:
        facts = _facts_sql(steps, of, part)
        people, counted = _people(steps, of, part)
        listed = [
            "d.family_id",
            f"{people}::INTEGER AS _people",
            f"{_plain(of.local)}::VARCHAR AS _area",
            f"{_plain(of.line)}::BIGINT AS _line",
            "s.family_id IS NOT NULL AS _shock",
            *_features(of, steps.ctx.workspace.as_of),
        ]
        rows = (
            f"SELECT {', '.join(listed)} FROM ({facts}) AS d{counted} "
            f"LEFT JOIN {shocks} AS s ON s.family_id = d.family_id WHERE {people} > 0"
        )
        return before.beside(rows, part)

    steps.parts(FACTS, sql)
    steps.drop("open_shocks")


def table_of(model: Model, rows: pa.Table) -> Table:
    """The features of families as a model reads them. rows: of `model_facts`."""
    columns: dict[str, Column] = {}
    for feature in model.features:
        column = rows.column(feature.name)
        columns[feature.name] = (
            numbers(column, feature.name, Path(FACTS)) if feature.numeric else words(column)
        )
    return Table(columns, rows.num_rows)


def _facts_sql(steps: Steps, of: Applied, part: Part) -> str:
    """The facts of the families of a part, members looked at only where a fact needs them."""
    ctx = steps.ctx
    families = f"(SELECT * FROM {ctx.scan('resolve', 'families')} WHERE status = 'active')"
    sources = Sources(
        persons=relation_of_part(steps, ctx.scan("resolve", "persons"), part),
        families=relation_of_part(steps, families, part),
    )
    on = ctx.workspace.as_of
    persons = person_facts_sql(of.book, sources, on, of_family(part, "p.family_id"))
    members = Relation(f"({persons})", frozenset())
    return family_facts_sql(of.book, sources, members, on, of_family(part, "f.family_id"))


def _people(steps: Steps, of: Applied, part: Part) -> tuple[str, str]:
    """(how many live in a family, what to join for it): a fact, where the pack counts them."""
    if of.members is not None:
        return _plain(of.members), ""
    persons = steps.ctx.scan("resolve", "persons")
    counted = (
        f"(SELECT family_id, count(*) AS people FROM {persons} "
        f"WHERE status IS DISTINCT FROM '{DEAD}' AND {of_family(part, 'family_id')} "
        "GROUP BY family_id)"
    )
    return "coalesce(n.people, 0)", f" LEFT JOIN {counted} AS n ON n.family_id = d.family_id"


def _shocks(steps: Steps, of: Applied) -> str:
    """Families in an open shock; nobody where the model takes nothing for one."""
    today = steps.ctx.workspace.today
    if not of.model.shock or "clock" not in today.settings:
        return NO_SHOCKS
    day = Day(steps.ctx.workspace.as_of, Clock.of(today.clock.says), today.facts.names)
    steps.whole("open_shocks", shocks_sql(steps, day), scratch=True)
    return f"(SELECT DISTINCT family_id FROM {steps.scan('open_shocks')})"


def _features(of: Applied, on: date) -> list[str]:
    listed = [f'{_value(feature, fact, on)} AS "{feature.name}"' for feature, fact in of.pairs]
    days = [
        f'd."{fact.name}{LOW if fact.type.ranged else ""}" AS "{day_column(feature)}"'
        for feature, fact in of.pairs
        if fact.type.type == "date"
    ]
    return listed + days


def _value(feature: Feature, fact: Fact, on: date) -> str:
    if not feature.numeric:
        return f"CAST({_plain(fact)} AS VARCHAR)"
    if fact.type.type != "date":
        return f"CAST({_plain(fact)} AS DOUBLE)"
    ends = [f'd."{fact.name}{end}"' for end in ((LOW, HIGH) if fact.type.ranged else ("",))]
    years = [_years(end, on) for end in ends]
    known = f"CASE WHEN {years[0]} = {years[-1]} THEN {years[0]} END"
    return f"CAST({known} AS DOUBLE)"


def _years(day: str, on: date) -> str:
    """Whole years from a day; from 29 February on, in a common year, on 1 March (`rules.days`)."""
    not_yet = f"(month({day}) * 100 + day({day}) > {on.month * 100 + on.day})::INTEGER"
    return f"({on.year} - year({day}) - {not_yet})"


def _plain(fact: Fact | None) -> str:
    """The value of a fact; of one that can be a range, where both ends are the same."""
    if fact is None:
        return "NULL"
    if not fact.type.ranged:
        return f'd."{fact.name}"'
    low, high = f'd."{fact.name}{LOW}"', f'd."{fact.name}{HIGH}"'
    return f"CASE WHEN {low} = {high} THEN {low} END"
