"""What the manifest says of the model: which, how many it could score, what cost others a score."""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest
from tangga.engine.rank.model import STAGE, kept_model, weak_r2
from tangga.engine.rank.scores import GAPS, SCORES
from tangga.engine.welfare.model import Model
from tangga.rules.names import FAMILY_TABLE
from tangga.texts import LANGUAGES, decimal, say

RANKING = "ranking"
NAMED = 3
"""So many facts are named in the note: those that cost most families their score."""


def say_model(ctx: Context, manifest: Manifest) -> None:
    """Note it, in numbers and in a sentence; nothing where no model was applied."""
    if not tables.exists(ctx.table(STAGE, GAPS)):
        return
    model = kept_model(ctx.run_dir)
    assert model is not None  # kept beside the table
    with ctx.connect() as con:
        families, scored = con.execute(
            f"SELECT count(*), count(score) FROM {ctx.scan(STAGE, SCORES)}"
        ).fetchall()[0]
        gaps = con.execute(
            f"SELECT fact, missing, unseen, feature FROM {ctx.scan(STAGE, GAPS)} "
            "WHERE missing + unseen > 0 ORDER BY missing + unseen DESC, fact"
        ).fetchall()
        (ranking,) = con.execute(f"SELECT count(*) FROM {ctx.scan(STAGE, RANKING)}").fetchall()[0]
    manifest.model = {
        "version": model.version,
        "ranks": ctx.workspace.pack.ranker is None,
        "families": families,
        "scored": scored,
        "missing": {fact: missing for fact, missing, *_ in gaps if missing},
        "unseen": {fact: unseen for fact, _, unseen, _ in gaps if unseen},
    }
    needed = {e.feature.name for e in model.effects if e.missing is None}
    cost = [(fact, missing + unseen) for fact, missing, unseen, name in gaps if name in needed]
    words = {"version": model.version, "scored": scored, "families": families}
    key = "run.model" if scored < families else "run.model_all"
    said = {one: say(key, one, **words, facts=_named(ctx, cost, one)) for one in LANGUAGES}
    if ranking > families:
        nobody = ranking - families
        said = {
            one: f"{told}. {say('run.model_nobody', one, n=nobody)}" for one, told in said.items()
        }
    manifest.notes.append(" / ".join(said.values()))
    manifest.notes += said_if_weak(model)


def said_if_weak(model: Model) -> list[str]:
    """A caution about a model that explains little of families it has not seen; else nothing."""
    r2 = weak_r2(model)
    if r2 is None:
        return []
    words = {one: {"version": model.version, "r2": decimal(r2, one)} for one in LANGUAGES}
    return [" / ".join(say("run.model_weak", one, **words[one]) for one in LANGUAGES)]


def _named(ctx: Context, cost: list[tuple[str, int]], language: str) -> str:
    """The facts that cost most families their score, as a reader calls them."""
    book = ctx.workspace.today.facts
    named = (
        f"{book.labels(FAMILY_TABLE, fact).get(language, fact)} ({n})" for fact, n in cost[:NAMED]
    )
    return "; ".join(named) or "-"
