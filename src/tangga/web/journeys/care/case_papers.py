"""The papers of a file of rehabilitation: the result of an assessment, the letter to the Sentra."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tangga.texts import long_date, say
from tangga.web.corrections.written import typed
from tangga.web.family.eyes import in_words, opened
from tangga.web.journeys.care import case_reading, guests, people, sentra
from tangga.web.journeys.care.case_forms import SCHEMA
from tangga.web.journeys.care.models import Assessment
from tangga.web.journeys.care.rehabilitation import KIND, inside
from tangga.web.pack import code_label, pack
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item

ASSESSMENT, REFERRAL = "hasil_asesmen", "surat_rujukan_sentra"
REVIEW_STATE, ANSWER_STATE = "in_service", "referred"


def papers_of(item: Item) -> list[Paper]:
    """What was issued of a file, the latest first."""
    return list(Paper.objects.filter(item=item).order_by("-at"))


def referral_letter(item: Item, by: Viewer) -> Paper:
    """The letter to the Sentra that the file was referred to."""
    said, case = inside(item.care), item.care
    last = Assessment.objects.filter(item=item).first()
    paper = next((one for one in papers_of(item) if one.kind == ASSESSMENT), None)
    assessed = paper.number if paper else long_date(last.on_date, "id") if last else "–"
    about = _whom(item, by) | {
        "sentra": sentra.name_of(case.sentra, "id"),
        "cluster": code_label("case_kind", said["cluster"], "id"),
        "service": code_label("need", said["need"], "id") if said["need"] else "–",
        "assessment": assessed,
        "companion": by.user.called,
        "answer_by": item.due or _after(ANSWER_STATE),
    }
    about.pop("address")
    return _issue(REFERRAL, item, by, about)


def assessment_result(item: Item, assessment: Assessment, by: Viewer, plan: str) -> Paper:
    """The result of an assessment. plan: what the file says is to be done."""
    said, values = inside(item.care), case_reading.said_in(assessment)
    columns = pack().tables[SCHEMA].columns
    words = {
        name: in_words(typed(values[name], columns[name]), columns[name], "id")
        for name in ("need", "grade")
        if values.get(name)
    }
    about = _whom(item, by) | {
        "assessed_on": assessment.on_date,
        "cluster": code_label("case_kind", said["cluster"], "id"),
        "needs": words.get("need", "–"),
        "grade": words.get("grade", ""),
        "plan": plan,
        "review_on": _after(REVIEW_STATE),
        "consent": say("web_care.consent_in_file", "id"),
    }
    return _issue(ASSESSMENT, item, by, about)


def _issue(kind: str, item: Item, by: Viewer, about: dict[str, Any]) -> Paper:
    return issue(
        kind,
        by=by,
        area=item.area,
        about=about,
        item=item,
        family_id=item.family_id,
        person_id=item.person_id,
    )


def _whom(item: Item, by: Viewer) -> dict[str, Any]:
    """Name, number, age and address of the person."""
    with guests.reading(item.family_id, by):
        row = people.whole(item.person_id) or {}
    nik, born = row.get("nik"), row.get("birth_year")
    return {
        "name": row.get("name") or item.person_id,
        "nik": opened(nik) if nik else "",
        "age": say("web_care.years", "id", n=today().year - int(born)) if born else "–",
        "address": row.get("address") or "–",
    }


def _after(state: str) -> date:
    due = workflow(KIND).states[state].due(today())
    return due or today() + timedelta(days=1)
