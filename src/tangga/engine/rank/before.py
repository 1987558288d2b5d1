"""What the run before held: deciles that stay where nothing changed (`welfare.held`).

A replay of an earlier day rests on the last run of that day or before it, never on a later one;
and nothing rests on a replay.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest, read_manifest
from tangga.engine.plan.cut import of_family
from tangga.engine.rank.model import STAGE, Applied, kept_model
from tangga.engine.runner import Part
from tangga.engine.welfare.spec import Feature
from tangga.rules.facts import Fact

FACTS, DECILES = "model_facts", "own_deciles"
NOTHING = (
    "NULL::INTEGER AS _decile, NULL::DATE AS _decile_on, NULL::INTEGER AS _decile_before, "
    "FALSE AS _unchanged"
)


@dataclass(frozen=True)
class Before:
    """What to put beside the facts of families.

    ranks: False: nothing at all. run: the folder of the run that is rested upon, None for none.
    same: (column of then, column of now) of every answer that both models read; a family of which
    all of these are as they were is unchanged.
    """

    ranks: bool = False
    run: Path | None = None
    same: tuple[tuple[str, str], ...] = ()

    def beside(self, rows: str, part: Part) -> str:
        """`rows` of `model_facts` with `_decile, _decile_on, _decile_before, _unchanged`."""
        if not self.ranks:
            return rows
        if self.run is None:
            return f"SELECT d.*, {NOTHING} FROM ({rows}) AS d"
        facts, deciles = (
            f"(SELECT * FROM {tables.scan(self.run / STAGE / name)} "
            f"WHERE {of_family(part, 'family_id')})"
            for name in (FACTS, DECILES)
        )
        pairs = [f'd."{now}" IS NOT DISTINCT FROM b."{then}"' for then, now in self.same]
        alike = " AND ".join(["b.family_id IS NOT NULL", *pairs]) if pairs else "FALSE"
        return (
            "SELECT d.*, r.decile AS _decile, r.decile_on AS _decile_on, "
            f"r.decile_before AS _decile_before, {alike} AS _unchanged FROM ({rows}) AS d "
            f"LEFT JOIN {facts} AS b ON b.family_id = d.family_id "
            f"LEFT JOIN {deciles} AS r ON r.family_id = d.family_id"
        )


def held_before(ctx: Context, of: Applied) -> Before:
    """What this run rests on where its model ranks."""
    if not of.ranks:
        return Before()
    run = _run_before(ctx)
    model = kept_model(run) if run is not None else None
    if run is None or model is None:
        return Before(ranks=True)
    then = {(feature.fact, feature.kind): feature for feature in model.features}
    pairs = (
        _columns(then[feature.fact, feature.kind], feature, fact)
        for feature, fact in of.pairs
        if (feature.fact, feature.kind) in then
    )
    return Before(True, run, tuple(pairs))


def _columns(then: Feature, now: Feature, fact: Fact) -> tuple[str, str]:
    """Where an answer stands then and now. Of a day the day itself: years go by for everybody."""
    if fact.type.type == "date":
        return day_column(then), day_column(now)
    return then.name, now.name


def day_column(feature: Feature) -> str:
    """The column of `model_facts` that holds the day behind a feature of years."""
    return f"_day_{feature.name}"


def _run_before(ctx: Context) -> Path | None:
    """The last run with own deciles, of the day or before it, that is no replay."""
    found = [
        ((manifest.as_of, folder.name), folder)
        for folder in ctx.workspace.runs.glob("[0-9]*")
        if folder != ctx.run_dir and tables.exists(folder / STAGE / DECILES)
        for manifest in [read_manifest(folder)]
        if manifest is not None and _is_rested_on(manifest, ctx)
    ]
    return max(found)[1] if found else None


def _is_rested_on(manifest: Manifest, ctx: Context) -> bool:
    before = manifest.as_of <= ctx.workspace.as_of.isoformat()
    return manifest.complete and manifest.replays is None and before
