"""Which upload a run stumbled over, in the reader's language and by the file as it was uploaded.

The engine speaks to who edits a workspace: it names descriptors and columns, in English. Who works
in a browser has files and a page to match them on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tangga.texts import Language, say
from tangga.web.intake import workspace
from tangga.web.intake.confirmed import system_name
from tangga.web.intake.models import Job, Upload, UploadFile
from tangga.web.pack import pack

SOURCE = re.compile(r"(?:^|[\s/])sources/([a-z][a-z0-9_]{0,39})\.toml(?:, column ([a-z0-9_]+))?")
DATA = re.compile(r"(?:^|[\s/])(data/[^\s:,]+)")
SYSTEM = re.compile(r"the area codes look like (\w+), not (\w+)")


@dataclass(frozen=True)
class Blamed:
    """One source that a run stumbled over. words: why, '' where only the engine's own words say it;
    uploads: those that brought it, as far as the viewer's area holds them."""

    source: str
    words: str
    uploads: tuple[Upload, ...]


def without_paths(words: str) -> str:
    """What the engine said without where on the server it works, data files by their own names."""
    place = workspace.folder()
    said = words.replace(f"{place}/", "") if place is not None else words
    names = set(DATA.findall(said))
    known = UploadFile.objects.filter(placed__in=names).values_list("placed", "name")
    for path, name in sorted(known, key=lambda one: -len(one[0])):
        said = said.replace(path, name)
    return said


def blamed(job: Job, language: Language) -> list[Blamed]:
    """The sources that a refused run named, each once; empty for any other job."""
    if job.kind != Job.RUN or job.state != Job.REFUSED:
        return []
    found: dict[str, Blamed] = {}
    for source, column in SOURCE.findall(job.words):
        found.setdefault(source, Blamed(source, _words(job, source, column, language), ()))
    brought = _uploads(found)
    return [Blamed(one.source, one.words, brought.get(one.source, ())) for one in found.values()]


def blamed_upload(upload: Upload, run: Job | None) -> bool:
    """Whether the latest run stumbled over the source that an upload became."""
    if run is None or upload.state != Upload.PLACED or run.state != Job.REFUSED:
        return False
    named = {source for source, _ in SOURCE.findall(run.words)}
    return upload.source in named and run.at > upload.changed


def _uploads(sources: Iterable[str]) -> Mapping[str, tuple[Upload, ...]]:
    placed = Upload.objects.filter(state=Upload.PLACED, source__in=list(sources))
    found: dict[str, tuple[Upload, ...]] = {}
    for one in placed.prefetch_related("files"):
        found[one.source] = (*found.get(one.source, ()), one)
    return found


def _words(job: Job, source: str, column: str, language: Language) -> str:
    system = SYSTEM.search(job.words)
    if system is None:
        return ""
    seems, said = (system_name(name) for name in system.groups())
    label = _label(source, column, language)
    return say("web_intake.blamed_system", language, column=label, seems=seems, said=said)


def _label(source: str, column: str, language: Language) -> str:
    said: Mapping[str, Any] = workspace.sources().get(source, {})
    try:
        known = pack().table_of(said.get("kind", "")).columns.get(column)
    except KeyError:
        known = None
    return known.labels.get(language, column) if known is not None else column
