"""What the manifest says of the policy by which a run decided, and of the clock."""

from __future__ import annotations

from collections.abc import Iterator

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest
from tangga.rules.on_date import OnDate
from tangga.rules.policy import IN_FORCE, Period

FACTS = ("plan", "facts")


def say_policy(ctx: Context, manifest: Manifest) -> None:
    """Read and check the policy before anything else is done, and note what holds on the day.

    BadPack for what it says wrong, or an example that does not hold; PolicyGap where a day has no
    rule to decide by.
    """
    policy, today = ctx.workspace.proven_rulebook(), ctx.workspace.today
    periods = dict(_periods(today))
    manifest.policy = {
        "sha256": policy.hash(),
        "overlays": [folder.name for folder in ctx.workspace.policy],
        "versions": {name: period.id for name, period in periods.items()},
        "announced": sorted(n for n, period in periods.items() if period.status != IN_FORCE),
        "gaps": [gap.sentence() for gap in today.gaps],
    }


def _periods(today: OnDate) -> Iterator[tuple[str, Period]]:
    """`programme/pkh` -> the version that holds."""
    for name, version in today.settings.items():
        yield f"settings/{name}", version.period
    for id_, (_, rule) in today.programmes.items():
        yield f"programme/{id_}", rule.period
    for move, moves in today.moves:
        yield f"move/{move.id}", moves.period
    for signal, shows in today.signals:
        yield f"signal/{signal.id}", shows.period
    for choice, chooses in today.choices:
        yield f"choice/{choice.id}", chooses.period


def say_clock(ctx: Context, manifest: Manifest) -> None:
    """Both readings of the clock: how many families have collected months, and how many in all."""
    if not tables.exists(ctx.table(*FACTS)):
        return
    today = ctx.workspace.today
    cap = int(today.cap.says["months"]) if today.cap else None
    readings = {"all_history": "months_protected", "since_start": "months_since_start"}
    with ctx.connect() as con:
        for name, column in readings.items():
            row = con.execute(
                f"SELECT count(*) FILTER ({column} > 0), coalesce(sum({column}), 0)::BIGINT, "
                f"count(*) FILTER ({column} >= {cap or 'NULL'} AND clock_bound_open) "
                f"FROM {ctx.scan(*FACTS)}"
            ).fetchall()[0]
            manifest.clock[name] = dict(zip(("families", "months", "at_cap"), row, strict=True))
    manifest.clock["starts_on"] = str(today.clock.says["starts_on"])
    manifest.clock["cap"] = {"months": cap, "in_force": today.cap_in_force}
