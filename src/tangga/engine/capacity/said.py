"""What is said of places that an office wrote down and nothing is planned with."""

from __future__ import annotations

from collections.abc import Iterable

from tangga.engine.capacity.tables import FOCI
from tangga.engine.context import Context
from tangga.engine.manifest import Manifest
from tangga.engine.plan.cohorts import read_places
from tangga.engine.workspace import Workspace
from tangga.texts import LANGUAGES, Language, say


def unused_places(workspace: Workspace) -> list[str]:
    """A sentence in both languages where `places/*.csv` have places of programmes by which no
    family climbs; none where they do not. UserError with every mistake of the files."""
    foci = {one.id: one.focus for one in workspace.rulebook.programmes.values()}
    listed = {one.programme for one in read_places(workspace)}
    unused = sorted(one for one in listed if foci.get(one) not in FOCI)
    if not unused:
        return []

    def labels(codes: str, wanted: Iterable[str], language: Language) -> str:
        return ", ".join(workspace.pack.codes[codes].codes[one].labels[language] for one in wanted)

    told = [
        say(
            "plan.places_unused",
            language,
            programmes=labels("programme", unused, language),
            foci=labels("focus", FOCI, language),
        )
        for language in LANGUAGES
    ]
    return [" / ".join(told)]


def say_places(ctx: Context, manifest: Manifest) -> None:
    """Note them among what a run has to say."""
    manifest.notes += unused_places(ctx.workspace)
