"""Releases that the run before had and this one has not: they cannot be compared with any more."""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest
from tangga.texts import LANGUAGES, say


def say_releases(ctx: Context, manifest: Manifest) -> None:
    """Note the releases whose files were taken away: history is what the files say."""
    before = ctx.previous / "rank" / "releases" if ctx.previous else None
    if before is None or not tables.exists(before):
        return
    with ctx.connect() as con:
        gone = con.execute(
            f"SELECT source, release FROM {tables.scan(before)} "
            f"EXCEPT SELECT source, release FROM {ctx.scan('rank', 'releases')} ORDER BY ALL"
        ).fetchall()
    if gone:
        names = ", ".join(f"{source} {release}" for source, release in gone)
        manifest.notes.append(
            " / ".join(say("run.releases_gone", language, names=names) for language in LANGUAGES)
        )
