"""The letter that answers: what was decided and why, who may decide, and where to go from there."""

from __future__ import annotations

from datetime import timedelta

from tangga.texts import Language, catalogue, say
from tangga.web.access import level_of
from tangga.web.appeals import whom
from tangga.web.appeals.models import Appeal
from tangga.web.appeals.subjects import about_of, decider
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item, Taken

LANGUAGE = "id"
"""Letters are in the language of the office."""

REPORT = "report"
NOTICE, DAYS = "notice", "object_days"


def letter(item: Item, taken: Taken, by: Viewer | None, appeal: Appeal | None = None) -> Paper:
    """The answer to whoever lodged it; of a report it names nobody, and speaks of no family."""
    about, anonymous = about_of(item, LANGUAGE), item.kind == REPORT
    known = None if anonymous else whom.of(item, appeal)
    name = known.name if known else say("web_appeals.holder", LANGUAGE, number=item.number)
    reasons = [_outcome(item)] if anonymous else _reasons(taken)
    said = {
        "name": name or "–",
        "address": known.address if known else "",
        "ticket": item.number,
        "subject": about.label if about else workflow(item.kind).label(LANGUAGE),
        "lodged_on": item.opened_on,
        "answer": workflow(item.kind).states[item.state].label(LANGUAGE),
        "reasons": reasons,
        "follows": _follows(item, taken),
        "decides": decider(item, LANGUAGE),
        "higher": higher(by.post.area if by is not None and by.post is not None else "", LANGUAGE),
        "object_by": today() + timedelta(days=_days()),
    }
    return issue(
        "jawaban",
        by=by,
        area=item.area,
        item=item,
        family_id=None if anonymous else item.family_id or None,
        person_id=None if anonymous else item.person_id or None,
        about={key: one for key, one in said.items() if one},
    )


def _reasons(taken: Taken) -> list[str]:
    return [taken.reason or say("web_appeals.no_reason", LANGUAGE)]


def _outcome(item: Item) -> str:
    """Nothing about the other family but that somebody looked, or that nobody did in time."""
    return say(f"web_appeals.report_{item.state}", LANGUAGE)


def _follows(item: Item, taken: Taken) -> str:
    key = f"web_appeals.follows_{item.kind}_{item.state}"
    if key not in catalogue():
        return ""
    return say(key, LANGUAGE, document=taken.document)


def higher(area: str, language: Language) -> str:
    """Who is above the office of an area, which answered; '' : nobody answered in time."""
    return say(f"web_appeals.above_{level_of(area) if area else 'regency'}", language)


def _days() -> int:
    """How long an objection may take to be lodged, by the policy of today."""
    found = book().policy.settings[NOTICE].on(today())
    return int(found.says[DAYS]) if found else 14
