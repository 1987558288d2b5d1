"""What interventions.toml may say: what lifts a family, its cost, and what it is assumed to do."""

from __future__ import annotations

from tangga.rules.setting_kinds import (
    Kind,
    code,
    codes,
    flag,
    listed,
    number,
    percent,
    several_of,
    text,
    whole,
    wholes,
    words,
)

EFFECT: dict[str, Kind] = {
    **{
        f"{name}{end}": percent()
        for name in ("graduates", "lasts")
        for end in ("", "_low", "_high")
    },
    **{f"poor_years{end}": number() for end in ("", "_low", "_high")},
}
"""Chances of a hundred, and expected years in poverty avoided; low and high: the range."""

INTERVENTION: dict[str, Kind] = {
    **EFFECT,
    "programme": code("programme", ""),
    "focus": code("focus"),
    "from": codes("rung"),
    "kinds": several_of("able", "mixed", "held"),
    "cost": number(),
    "cost_source": text(),
    "hours": whole(),
    "months": whole(low=1),
    "effect_source": text(),
    "named": flag(True),
}
"""from, kinds: the rungs and sorts of families that it is for. cost: rupiah a family. hours: of a
worker, a family. months: it takes. named: families may be listed by id; false where a list would
tell of a case."""

INTERVENTIONS: dict[str, Kind] = {
    "level": code("area_level"),
    "in_care": codes("rung"),
    "clocked": codes("rung"),
    "most_years": whole(low=1),
    "severity": listed({"deciles": wholes(low=1), "percent": whole()}),
    "unranked_percent": whole(),
    "mixed_percent": whole(),
    "later_percent": percent(),
    "decide_percent": percent(),
    "goal_measure": text(),
    "goal_price": number(),
    "smallest_cell": whole(low=1),
    "pilar": code("pilar"),
    "owner": words(),
    "assumption": words(),
    "intervention": listed(INTERVENTION),
}
"""level: of the areas that plan. in_care: rungs of the families that are planned for; clocked:
those on which years of support go on. most_years: so many and more are one state. severity: of
which deciles an effect is which share of the stated one; unranked_percent, mixed_percent: the same
of families without a decile, and with an exempt person beside the able. later_percent: a result a
year later counts so much less. decide_percent: of those past the cap so many begin something each
year, while the cap is in force. goal_measure: of the targets that are to be reached; goal_price:
what one lacking costs, in lasting graduations. smallest_cell: fewer families in a state that tells
of a case are not shown. pilar, owner: of the plan lines that are proposed."""
