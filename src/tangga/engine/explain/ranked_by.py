"""Who set a rank, by what the rows of its release say: never by assumption."""

from __future__ import annotations

from collections.abc import Iterator

from tangga.engine.explain.ranked_data import Release
from tangga.engine.explain.register import Register
from tangga.engine.explain.words import Words, joined

ROWS = "rankings"


def ranker(register: Register) -> Words | None:
    """Who ranks families, in short, where that is somebody else; None: nobody else."""
    if register.pack.ranker is None:
        return None
    return Words.same(register.pack.data["ranking"]["by"])


def set_by(register: Register, family_id: str, release: Release | None) -> Words | None:
    """Who set the rank of a family in a release; None where no row of it says so."""
    if release is None:
        return None
    codes = sorted(set(_stated(register, family_id, release)))
    return joined(_who(register, code) for code in codes) if codes else None


def _who(register: Register, code: str) -> Words:
    by = ranker(register)
    if by is not None and code == register.pack.ranker_code:
        return by
    return register.labels.code("ranking", "ranked_by", code)


def _stated(register: Register, family_id: str, release: Release) -> Iterator[str]:
    for row in register.rows("resolve", ROWS, "family_id = ?", [family_id]):
        dated = row.get("released_on") or row.get("as_of")
        named = row.get("release") or (dated.isoformat() if dated else "undated")
        if row["source"] in release.sources and named == release.release and row.get("ranked_by"):
            yield row["ranked_by"]
