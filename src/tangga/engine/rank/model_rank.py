"""What a model says of families: beside the official rank, or instead of it.

Instead of it only where the pack says of nobody else that they rank. The workspace names the model
(`welfare_model` in tangga.toml); without one these columns are null.
"""

from __future__ import annotations

from tangga.engine.rank.before import DECILES, held_before
from tangga.engine.rank.features import write_model_facts
from tangga.engine.rank.model import keep_model, welfare_model
from tangga.engine.rank.own import write_own
from tangga.engine.rank.scores import CHANCES, FACTS, SCORES, write_scores
from tangga.engine.runner import Steps

NONE = {
    "family_id": "VARCHAR",
    "score": "BIGINT",
    **dict.fromkeys(CHANCES, "DECIMAL(9, 6)"),
    "people": "INTEGER",
}
OWN = {
    "decile_raw": "INTEGER",
    "decile": "INTEGER",
    "decile_local": "INTEGER",
    "decile_on": "DATE",
    "decile_before": "INTEGER",
}


def scored(steps: Steps) -> str:
    """Score, chances and deciles of a model as a relation, at most one row a family.

    Writes `model_facts`, `scores` and `model_gaps`; `own_deciles` and `rank_places` where nobody
    else ranks.
    """
    of = welfare_model(steps.ctx.workspace)
    if of is None:
        columns = {**NONE, **OWN}
        return f"(SELECT {_nulls(columns)} LIMIT 0)"
    keep_model(steps.ctx, of)
    write_model_facts(steps, of, held_before(steps.ctx, of))
    kept = write_scores(steps, of)
    if kept is not None:
        write_own(steps, of, kept)
    chances = ", ".join(
        f"(s.{name} * 0.000001::DECIMAL(7, 6))::DECIMAL(9, 6) AS {name}" for name in CHANCES
    )
    own = ", ".join(f"d.{name}" for name in OWN) if of.ranks else _nulls(OWN)
    joined = f" LEFT JOIN {steps.scan(DECILES)} AS d ON d.family_id = s.family_id"
    return (
        f"(SELECT s.family_id, s.score, {chances}, f._people AS people, {own} "
        f"FROM {steps.scan(SCORES)} AS s JOIN {steps.scan(FACTS)} AS f "
        f"ON f.family_id = s.family_id{joined if of.ranks else ''})"
    )


def _nulls(columns: dict[str, str]) -> str:
    return ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
