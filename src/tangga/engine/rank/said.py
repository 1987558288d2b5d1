"""What the manifest says of the model: which, how many families it could score, what they lack."""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest
from tangga.engine.rank.model import STAGE, kept_model
from tangga.engine.rank.scores import GAPS, SCORES
from tangga.texts import LANGUAGES, say

NAMED = 3
"""So many facts are named in the note: those that most families lack."""


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
            f"SELECT fact, missing, unseen FROM {ctx.scan(STAGE, GAPS)} "
            "WHERE missing + unseen > 0 ORDER BY missing + unseen DESC, fact"
        ).fetchall()
    manifest.model = {
        "version": model.version,
        "ranks": ctx.workspace.pack.ranker is None,
        "families": families,
        "scored": scored,
        "missing": {fact: missing for fact, missing, _ in gaps if missing},
        "unseen": {fact: unseen for fact, _, unseen in gaps if unseen},
    }
    words = {"version": model.version, "scored": scored, "families": families}
    words["facts"] = ", ".join(f"{f} ({m + u})" for f, m, u in gaps[:NAMED]) or "-"
    key = "run.model" if scored < families else "run.model_all"
    manifest.notes.append(" / ".join(say(key, language, **words) for language in LANGUAGES))
