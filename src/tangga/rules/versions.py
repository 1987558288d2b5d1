"""Versions of a rule: read from `[[version]]`, joined through time, never overlapping.

A version that `supersedes` another ends it on its own first day. Nothing else changes what stands:
whatever would cover one day twice is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from tangga.registry.mistakes import Mistakes, nearest
from tangga.rules.policy import IN_FORCE, STATUSES, Dated, Period
from tangga.rules.section import Section

T = TypeVar("T")
VERSION_KEYS = frozenset(
    ["id", "valid_from", "valid_to", "status", "basis", "source", "question", "supersedes"]
)  # fmt: skip


def read_versions(
    sections: Sequence[Section], keys: Iterable[str], read: Callable[[Section], T]
) -> list[Dated[T]]:
    """Every version of a list that has a period; keys: what it may say beyond its header."""
    found = []
    for section in sections:
        section.check_keys(VERSION_KEYS, keys)
        period, says = _period(section), read(section)
        if period is not None:
            found.append(Dated(period, says))
    return found


def _period(section: Section) -> Period | None:
    before = len(section.mistakes.found)
    given = {
        "id": section.text("id"),
        "valid_from": section.day("valid_from"),
        "valid_to": section.day("valid_to") if "valid_to" in section.data else None,
        "status": section.choice("status", STATUSES, IN_FORCE),
        "basis": section.text("basis"),
        "source": section.text("source"),
        "question": section.text("question", ""),
        "supersedes": section.text("supersedes", ""),
        "place": section.place,
    }
    if len(section.mistakes.found) > before:
        return None
    try:
        return Period(**given)  # type: ignore[arg-type]
    except ValueError as error:
        section.wrong("valid_to", f"version {given['id']!r}: {error}")
        return None


def join(
    old: Sequence[Dated[T]], new: Sequence[Dated[T]], mistakes: Mistakes
) -> tuple[Dated[T], ...]:
    """Old and new versions of one rule, earliest first; what cannot stand together is noted."""
    before = len(mistakes.found)
    standing = {version.period.id: version for version in old}
    for version in sorted(new, key=_first_day):
        if version.period.id in standing:
            what = f"version {version.period.id!r} is there already"
            _wrong(version.period, what, mistakes, "Give it an id of its own")
        standing[version.period.id] = version
    for version in sorted(new, key=_first_day):
        if version.period.supersedes and len(mistakes.found) == before:
            _end(standing, version.period, mistakes)
    ordered = sorted(standing.values(), key=_first_day)
    whole = len(mistakes.found) == before  # else an overlap may be but the echo of a mistake
    for earlier, later in pairwise(ordered):
        if whole and earlier.period.covers(later.period.valid_from):
            _overlap(earlier.period, later.period, mistakes)
    return tuple(ordered)


def _first_day(version: Dated[T]) -> tuple[object, str]:
    return version.period.valid_from, version.period.id


def _end(standing: dict[str, Dated[T]], by: Period, mistakes: Mistakes) -> None:
    """End the version that this one supersedes on this one's first day."""
    ended = standing.get(by.supersedes)
    if ended is None or ended.period.id == by.id:
        others = [id_ for id_ in standing if id_ != by.id]
        todo = nearest(by.supersedes, others) if others else None
        _wrong(by, f"supersedes no version that is there: {by.supersedes!r}", mistakes, todo)
        return
    if not ended.period.covers(by.valid_from) or by.valid_from == ended.period.valid_from:
        what = f"version {by.id!r} cannot supersede {span(ended.period)}: that must have begun "
        what += f"before {by.valid_from} and still hold then"
        _wrong(by, what, mistakes)
        return
    period = replace(ended.period, valid_to=by.valid_from)
    standing[ended.period.id] = Dated(period, ended.says)


def _overlap(earlier: Period, later: Period, mistakes: Mistakes) -> None:
    what = f"version {span(later)} overlaps {span(earlier)}"
    todo = f"End the earlier with valid_to, or write supersedes = {earlier.id!r} in the later"
    _wrong(later, what, mistakes, todo)


def _wrong(period: Period, what: str, mistakes: Mistakes, todo: str | None = None) -> None:
    assert period.place is not None  # every period that was read has one
    mistakes.add(what, period.place.file, period.place.line, todo)


def span(period: Period) -> str:
    """`'2025' (2025-05-26 to 2026-01-01)`, or `(from 2025-05-26)` while open; to is exclusive."""
    if period.valid_to is None:
        return f"{period.id!r} (from {period.valid_from})"
    return f"{period.id!r} ({period.valid_from} to {period.valid_to})"
