"""What an officer said of an upload, in words: for who places it without having matched it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tangga.texts import Language, say
from tangga.web.intake.models import Upload
from tangga.web.pack import pack


def matched(upload: Upload, language: Language) -> list[tuple[str, str]]:
    """Each column of the register with what of the file it comes from, the day first; empty where
    the files only go beside those of a source."""
    wanted: Mapping[str, Any] = upload.wanted or {}
    said: Mapping[str, Any] = wanted.get("descriptor") or {}
    if upload.state != Upload.MATCHED or not said:
        return []
    return list(_lines(wanted.get("as_of", ""), said, language))


def _lines(as_of: str, said: Mapping[str, Any], language: Language) -> Iterator[tuple[str, str]]:
    day = as_of or said.get("as_of", {}).get("column", "")
    if day:
        yield say("web_intake.matched_as_of", language), day
    known = pack().table_of(said["kind"]).columns
    for name, entry in said.get("columns", {}).items():
        column = known.get(name)
        label = column.labels.get(language, name) if column is not None else name
        yield label, _from(entry, language)


def _from(entry: Any, language: Language) -> str:
    """The columns of the file, and the system of their codes where it was said."""
    if not isinstance(entry, Mapping):
        return str(entry)
    parts = [entry.get(key) for key in ("constant", "column", "day", "month", "year")]
    named = " + ".join(str(part) for part in (*parts, *entry.get("columns", ())) if part)
    system = entry.get("system", "")
    if not system:
        return named or "–"
    values = {"column": named or "–", "system": system_name(system)}
    return say("web_intake.matched_column", language, **values)


def system_name(name: str) -> str:
    """A system of area codes as the page of matching writes it."""
    return name.capitalize() if len(name) > 3 else name.upper()
