"""Matchings by hand that an office keeps: the next file of the same header is matched alike.

A header is its columns in their order, whatever the case of their letters. Of one office: what a
village matched is not what the regency's office is told. No value of a row is kept but the texts
that stand for codes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from tangga.web.audit.actions import record
from tangga.web.intake.models import Remembered
from tangga.web.intake.own_area import own_area
from tangga.web.viewer import Viewer

if TYPE_CHECKING:
    from tangga.web.intake.matching import Matching

NO_CODES: Mapping[str, Mapping[str, str]] = {}


@dataclass(frozen=True)
class Recalled:
    """What was said of a header before. form: fields of the form as they were left, columns by
    their names; codes: column of the register -> text of the file -> code."""

    form: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def says(self, key: str) -> bool:
        """Whether it says anything of a field."""
        return key in self.form

    def code(self, column: str, text: str) -> str:
        """The code of a text; '' where none was said."""
        return self.codes.get(column, {}).get(text, "")


NOTHING = Recalled()


def header_of(columns: Sequence[str]) -> str:
    """What a header is known by."""
    told = json.dumps([name.strip().casefold() for name in columns], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def kept(area: str, columns: Sequence[str]) -> QuerySet[Remembered]:
    """What the office of an area keeps of a header: one matching, or none."""
    return Remembered.objects.filter(area=area, header=header_of(columns))


def find(columns: Sequence[str], viewer: Viewer) -> Remembered | None:
    """What the viewer's office keeps of a header."""
    known = kept(own_area(viewer), columns)
    return known.select_related("by").defer("by__password").first()


def recalled(found: Remembered | None) -> Recalled:
    """The same, as a form begins with it."""
    if found is None:
        return NOTHING
    said: Mapping[str, Any] = found.said
    return Recalled(said.get("form", {}), said.get("codes", NO_CODES))


@transaction.atomic
def remember(matching: Matching, *, by: Viewer) -> Remembered:
    """Keep a matching in place of what was kept of its header."""
    said = {"form": dict(_form(matching)), "codes": dict(_codes(matching))}
    made, _ = Remembered.objects.update_or_create(
        area=own_area(by),
        header=header_of(matching.columns),
        defaults={"kind": matching.kind, "source": matching.source, "said": said, "by": by.user},
    )
    return made


def _form(matching: Matching) -> Iterator[tuple[str, str]]:
    """What the next file of the header begins with; columns by name, as no day or village is."""
    yield "jenis", matching.kind
    yield "sumber", matching.source
    for line in matching.lines:
        by_number = line.choice.startswith("=")
        column = matching.columns[int(line.choice[1:])] if by_number else line.choice
        yield f"kolom__{line.name}", column
        if line.system:
            yield f"sistem__{line.name}", line.system


def _codes(matching: Matching) -> Iterator[tuple[str, dict[str, str]]]:
    for line in matching.lines:
        if line.values:
            yield line.name, {value.text: value.code for value in line.values if value.code}


@transaction.atomic
def forget(columns: Sequence[str], *, by: Viewer) -> bool:
    """Whether anything was kept; it is not any more."""
    found = find(columns, by)
    if found is None:
        return False
    about = {"source": found.source, "kind": found.kind}
    found.delete()
    record("matching_forgotten", by=by, about=about)
    return True
