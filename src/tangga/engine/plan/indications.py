"""Families whose verified facts contradict their official rank: a list to send up, not a decile.

Only the office that ranks sets a decile. What stands here opens no case and stops nothing: it says
which facts to look at again, and to send where the ranking is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.reasons import Stored, reasons_sql
from tangga.engine.runner import Steps
from tangga.rules.ladder_sql import rank_indications_sql
from tangga.rules.names import FAMILY_TABLE, Columns
from tangga.rules.on_date import OnDate
from tangga.rules.policy import RANK, Dated, Signal, SignalRule
from tangga.texts import LANGUAGES

TABLE = "rank_indications"
Rules = list[tuple[Signal, Dated[SignalRule]]]


def write_indications(steps: Steps, today: OnDate) -> None:
    """Write `rank_indications`, one row a family with an official decile and indication."""
    steps.whole(TABLE, _sql(today, steps.scan("facts"), steps.ctx.scan("rank", "ranking")))


def _sql(today: OnDate, facts: str, ranking: str) -> str:
    rules = [(signal, rule) for signal, rule in today.signals if signal.about == RANK]
    checks = "".join(
        f", {_told(rules, _check(language))} AS check_{language}" for language in LANGUAGES
    )
    return (
        "SELECT v.family_id, f.village, v.indication, v.points_to, r.decile_official, "
        f"r.decile_release, r.decile_on, v.acts, {_reasons(rules, today)} AS reasons, "
        f"{_told(rules, lambda _, rule: rule.period.basis)} AS basis{checks} "
        f"FROM ({rank_indications_sql(today, facts, facts)}) AS v "
        f"JOIN {facts} AS f ON f.family_id = v.family_id "
        f"JOIN (SELECT * FROM {ranking} WHERE decile_official IS NOT NULL) AS r "
        "ON r.family_id = v.family_id ORDER BY v.family_id, v.indication"
    )


def _check(language: str) -> Callable[[Signal, Dated[SignalRule]], str]:
    return lambda signal, _: signal.check.get(language, "")


def _told(rules: Rules, say: Callable[[Signal, Dated[SignalRule]], str]) -> str:
    return _by_indication((signal.id, quoted(say(signal, rule))) for signal, rule in rules)


def _reasons(rules: Rules, today: OnDate) -> str:
    """What was found, as the JSON that decisions have; all of it is met."""
    columns = Columns(today.facts.names, FAMILY_TABLE, own="f", members="f")
    return _by_indication(
        (
            signal.id,
            reasons_sql(
                [Stored(f"{signal.id}/{r.id}", r, "TRUE") for r in rule.says.requires],
                "TRUE",
                columns,
                today.day,
            ),
        )
        for signal, rule in rules
    )


def _by_indication(each: Iterable[tuple[str, str]]) -> str:
    branches = "".join(f" WHEN {quoted(id_)} THEN {sql}" for id_, sql in each)
    return f"CASE v.indication{branches} END" if branches else "NULL::VARCHAR"
