"""The official rank as released: which release decides, what was said before, what is doubtful.

Only the office that ranks sets a decile. It is imported with its release and date. Told apart:
a family that the release holds without a decile (`not_ranked`, which is neither rich nor poor), one
to which it gives several (`two_ranks`), or one in some rows and none in others (`ranked_and_not`),
one of which it holds what is no decile (`unreadable`), and one that it does not hold. A family's
rank is that of the newest release of the source that holds it: whoever is no longer on that list
has no rank now, and an older one is only remembered.
"""

from __future__ import annotations

from tangga.engine.plan.cut import of_family
from tangga.engine.rank.codes import UNREADABLE_STATE, code_of_span, decile_of, state_of
from tangga.engine.rank.rankers import that_count
from tangga.engine.rank.statements import statement
from tangga.engine.received import received
from tangga.engine.runner import Part, Steps

COLUMNS = {
    "family_id": "VARCHAR",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
    "as_of": "DATE",
    "decile": "BIGINT",
    "release": "VARCHAR",
    "released_on": "DATE",
    "rank_state": "VARCHAR",
    "ranked_by": "VARCHAR",
    "latest": "BOOLEAN",
    "attached_by": "VARCHAR",
    "nik": "VARCHAR",
    "kk": "VARCHAR",
    "name": "VARCHAR",
    "family_source_id": "VARCHAR",
}
SAID = (
    "CASE WHEN r.decile BETWEEN 1 AND 10 THEN r.decile "
    f"WHEN r.decile IS NULL AND r.rank_state IS DISTINCT FROM '{UNREADABLE_STATE}' THEN 0 END"
)
"""What a row says: a decile, 0 for none, null for what is no decile."""


def write_official(steps: Steps) -> None:
    """Write `releases` and `rank_history`, and to go on with `release_dates`, `family_ranks` and
    `official` (one row a family: number of the release that decides, code of its rank)."""
    rows, on = _rows(steps), steps.ctx.workspace.as_of
    steps.whole("release_dates", statement("release_dates", rows=rows, on=on), scratch=True)
    dates = steps.scan("release_dates")
    steps.whole("releases", statement("releases", release_dates=dates))
    _by_family(steps, "family_ranks", "family_id", rows=rows, release_dates=dates, said=SAID)
    ranks = {"family_ranks": steps.scan("family_ranks"), "code": code_of_span("h")}
    _by_family(steps, "official", "h.family_id", **ranks)
    shown = {"decile": decile_of(ranks["code"]), "state": state_of(ranks["code"])}
    given = {"release_dates": dates, "family_ranks": ranks["family_ranks"], **shown}
    _by_family(steps, "rank_history", "h.family_id", scratch=False, **given)


def write_ranking(steps: Steps, model: str) -> None:
    """Write `ranking`: the official rank of each active family, and what a model says beside it."""
    given = {
        "families": steps.ctx.scan("resolve", "families"),
        "official": steps.scan("official"),
        "release_dates": steps.scan("release_dates"),
        "model": model,
        "decile": decile_of("o.code"),
        "decile_before": decile_of("o.code_before"),
        "state": state_of("o.code"),
    }
    _by_family(steps, "ranking", "f.family_id", scratch=False, **given)


def write_doubtful(steps: Steps) -> None:
    """Write `rank_review` and `ranks_without_family`: rows of releases for a clerk."""
    given = {
        "rows": _rows(steps),
        "release_dates": steps.scan("release_dates"),
        "families": steps.ctx.scan("resolve", "families"),
    }
    steps.whole("ranks_without_family", statement("ranks_without_family", **given))
    given |= {"family_ranks": steps.scan("family_ranks"), "official": steps.scan("official")}
    steps.whole("rank_review", statement("rank_review", said=SAID, **given))


def _rows(steps: Steps) -> str:
    return that_count(received(steps, "rankings", COLUMNS), steps.ctx.workspace)


def _by_family(steps: Steps, name: str, key: str, *, scratch: bool = True, **given: str) -> None:
    """A step that is keyed by family, cut by it."""

    def sql(part: Part) -> str:
        return statement(name, part=of_family(part, key), **given)

    steps.parts(name, sql, scratch=scratch)
