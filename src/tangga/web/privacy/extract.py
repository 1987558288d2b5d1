"""The copy of their data that a person may ask for: on paper, as a workbook, as JSON."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.http import Http404
from django.utils import timezone

from tangga.texts import Language, say
from tangga.web.audit.actions import record
from tangga.web.database.rows import one
from tangga.web.lists.release import Held
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.privacy.held import Section, Whom, held
from tangga.web.privacy.seen import Looked, who_saw
from tangga.web.sheets.book import Column, Head, write_book
from tangga.web.viewer import Viewer

PERSON = """
SELECT p.person_id, coalesce(p.family_id, '') AS family_id, p.area, coalesce(p.name, '') AS name
FROM persons AS p WHERE p.person_id = %s
"""
LETTER, CASE_LETTER = "data_subjek", "data_subjek_kasus"
LONGEST_ID = 80


@dataclass(frozen=True)
class Extract:
    """All of it."""

    whom: Whom
    sections: tuple[Section, ...]
    seen: tuple[Looked, ...]

    @property
    def records(self) -> int:
        """Rows of all tables, also those that are too many to be handed over."""
        return sum(len(one.rows) + one.more for one in self.sections)


def whom_of(person_id: str) -> Whom:
    """Http404 for somebody who is not in the viewer's area, or nowhere."""
    found = one(PERSON, [person_id]) if len(person_id) <= LONGEST_ID else None
    if found is None:
        raise Http404("no such person")
    return Whom(found["person_id"], found["family_id"], found["area"], found["name"])


def extract_of(
    whom: Whom, release: Held, language: Language, *, case: bool, copy: bool = False
) -> Extract:
    """What is held, and who saw it. case: of the case team's tables alone; copy: as handed over."""
    sections = tuple(held(whom, release, language, case=case, copy=copy))
    return Extract(whom, sections, tuple(who_saw(whom, language)))


def hand_over(
    found: Extract, *, by: Viewer, asked_on: date, proof: str, form: str, case: bool
) -> Paper:
    """The letter that goes with the copy; recorded, with how it is handed over. proof: in words."""
    whom = found.whom
    paper = issue(
        CASE_LETTER if case else LETTER,
        by=by,
        area=whom.area,
        about={
            "name": whom.name or whom.person,
            "asked_on": asked_on,
            "proof": proof,
            "tables": len(found.sections),
            "records": found.records,
            "seen": len(found.seen),
        },
        family_id=whom.family,
        person_id=whom.person,
    )
    about = {"form": form, "records": found.records, "paper": str(paper.pk)}
    whose = {} if case else {"family_id": whom.family or None, "person_id": whom.person}
    record("subject_copied", by=by, area=whom.area, about=about, **whose)
    if not case and by.may("objectors"):
        # With every copy, whether the person ever reported or not: the trail does not tell.
        record("objector_seen", by=by, area=whom.area, reason=proof, about={"paper": str(paper.pk)})
    return paper


def as_json(found: Extract, paper: Paper) -> dict[str, Any]:
    """For a machine: every table by its own name and columns."""
    return {
        "letter": paper.number,
        "made": timezone.localtime().isoformat(timespec="seconds"),
        "person_id": found.whom.person,
        "family_id": found.whom.family,
        "tables": [
            {
                "table": one.table,
                "label": one.label,
                "rows": [dict(zip(one.columns, row, strict=True)) for row in one.rows],
                "more": one.more,
            }
            for one in found.sections
        ],
        "seen": [
            {
                "at": timezone.localtime(one.at).isoformat(timespec="seconds"),
                "what": one.word,
                "who": one.who,
                "role": one.role,
                "office": one.office,
            }
            for one in found.seen
        ],
    }


def as_book(found: Extract, paper: Paper, language: Language) -> IO[bytes]:
    """For a person with a spreadsheet: one value a line; already without a name on disk."""
    head = Head(
        title=paper.title,
        lines=((say("web_papers.number", language), paper.number),),
        sheet="Data",
    )
    columns = [
        Column(say("web_privacy.table", language), width=34),
        Column(say("web_privacy.row", language), "number", 8),
        Column(say("web_privacy.column", language), width=30),
        Column(say("web_privacy.value", language), "number_text", 60),
    ]
    with tempfile.TemporaryDirectory(prefix="tangga-") as folder:
        target = Path(folder) / "salinan.xlsx"
        write_book(target, head, columns, _lines(found, language))
        return target.open("rb")


def _lines(found: Extract, language: Language) -> Iterator[Sequence[Any]]:
    for section in found.sections:
        for n, row in enumerate(section.told(language), start=1):
            for label, text in row:
                yield section.label, n, label, text
    seen = say("web_privacy.who_saw", language)
    for n, looked in enumerate(found.seen, start=1):
        when = f"{timezone.localtime(looked.at):%Y-%m-%d %H:%M}"
        parts = (looked.word, looked.who, looked.role, looked.office)
        said = " · ".join(part for part in parts if part)
        yield seen, n, when, said
