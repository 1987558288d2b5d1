"""What an objection can be about, and who may decide it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from tangga.rules.workflow import Workflow
from tangga.texts import Language, catalogue, say
from tangga.web.appeals.models import Appeal
from tangga.web.counter.desk import desk
from tangga.web.pack import code_label, pack
from tangga.web.policy.book import book
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item, Taken

WITH_PROVINCE = "with_province"
ESCALATE = "escalate"
"""The step of the clock by which what is overdue goes to the office above."""

REACTIVATION, COMPLAINT, REQUEST = "reactivation", "complaint", "request"
OTHER = "other"
"""The subject of counter.toml that is none of the rest."""

PROGRAMME = "programme:"
"""A subject that is a programme: `programme:pkh`."""


@dataclass(frozen=True)
class Subject:
    """decides: who may decide, in words; elsewhere: that is not this office."""

    code: str
    label: str
    decides: str
    elsewhere: bool


def subject(code: str, language: Language, kind: str = "") -> Subject | None:
    """None for a code that there is not. kind: of the matter; a request that is about no programme
    asks to be in the data, and is against no decision."""
    if code.startswith(PROGRAMME):
        return _programme(code.removeprefix(PROGRAMME), language)
    entry = desk().subjects.get(code)
    if entry is None:
        return None
    asks = kind == REQUEST and code == OTHER
    label = say("web_appeals.only_data", language) if asks else entry.label(language)
    return Subject(code, label, entry.said("decides", language), entry.elsewhere)


def subjects(language: Language) -> Iterator[Subject]:
    """Those of the pack, then each programme."""
    listed = (*desk().subjects, *(PROGRAMME + id_ for id_ in book().policy.programmes))
    found = (subject(code, language) for code in listed)
    yield from (one for one in found if one is not None)


def _programme(id_: str, language: Language) -> Subject | None:
    known = book().policy.programmes.get(id_)
    if known is None:
        return None
    by = known.determined_by
    decides = code_label("determiner", by, language)
    return Subject(PROGRAMME + id_, known.labels[language], decides, by not in desk().deciders)


def about_of(item: Item, language: Language) -> Subject | None:
    """What a matter is about; None for one that is about a service and no decision."""
    if item.kind == REACTIVATION:
        insured = _programme(desk().insurance, language)
        return replace(insured, decides=desk().activates[language]) if insured else None
    kept = Appeal.objects.filter(item=item).first() if item.kind != COMPLAINT else None
    return subject(kept.subject, language, item.kind) if kept else None


def decider(item: Item, language: Language) -> str:
    """Who may decide a matter: of what this office decides, the province once it is overdue."""
    about = about_of(item, language)
    gone_up = Taken.objects.filter(item=item, to_state=WITH_PROVINCE).exists()
    if gone_up and (about is None or not about.elsewhere):
        return say("web_appeals.province", language)
    return (about.decides if about else "") or say("web_appeals.office", language)


def answer_by(flow: Workflow, opened: date) -> date:
    """The day that a resident is promised: every deadline on the straight way to an answer."""
    step = next(one for one in flow.steps.values() if one.opens)
    day, seen = opened, set()
    while step is not None and step.to not in seen:
        state = flow.states[step.to]
        day = state.due(day) or day
        seen.add(step.to)
        step = next((one for one in flow.steps_from(state.name) if one.to), None)
    return day


def silence(item: Item, language: Language) -> str:
    """What follows if nobody answers; '' where that has followed already, or cannot any more."""
    key, states = f"web_appeals.silence_{item.kind}", workflow(item.kind).states
    if item.closed or key not in catalogue():
        return ""
    by_clock = any(one.overdue for one in states.values())
    return "" if by_clock and not states[item.state].overdue else say(key, language)


def gone_up(item: Item) -> bool:
    """Whether nobody answered in time, so that what was promised holds no more."""
    return Taken.objects.filter(item=item, step=ESCALATE).exists()


def ranker(language: Language) -> str:
    """Who ranks families."""
    office = pack().ranker
    return office[language] if office else ""
