"""What a model says of families, beside or instead of the official rank: none yet."""

from __future__ import annotations

from tangga.engine.runner import Steps

NO_MODEL = (
    "(SELECT NULL::VARCHAR AS family_id, NULL::BIGINT AS score, "
    "NULL::DECIMAL(9, 6) AS probability, NULL::DECIMAL(9, 6) AS probability_poorest, "
    "NULL::INTEGER AS decile_raw, NULL::INTEGER AS decile, NULL::INTEGER AS decile_local LIMIT 0)"
)


def scored(steps: Steps) -> str:
    """Score, chances and deciles of a model as a relation, at most one row a family."""
    return NO_MODEL
