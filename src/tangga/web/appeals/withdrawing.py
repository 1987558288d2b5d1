"""Taking back what was lodged: on a signed letter, told to who lodged it, confirmed by another."""

from __future__ import annotations

from typing import IO

from django.db import transaction

from tangga.texts import say
from tangga.web.appeals import telling, whom
from tangga.web.appeals.subjects import about_of
from tangga.web.papers.issue import issue
from tangga.web.viewer import Viewer
from tangga.web.work import actions, evidence
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item

STEP = "withdraw"
KINDS = ("objection", "request")
"""What decides about support: ended by nobody's word alone."""

LANGUAGE = "id"


@transaction.atomic
def withdraw(item: Item, *, by: Viewer, version: int, reason: str, letter: IO[bytes]) -> Item:
    """Record the signed letter, with its scan; it goes on and suspends until another one confirms.

    Refusal, or Refused of the scan: nothing has changed, and nothing is kept.
    """
    evidence.keep(letter, item=item, by=by, kind="document")
    return actions.take(item, STEP, by=by, version=version, reason=reason)


def told(item: Item, by: Viewer | None) -> None:
    """A receipt for who lodged it, and a message where they registered a telephone: whoever signed
    no letter has until it is confirmed to say so."""
    known = whom.of(item, item.appeal)
    about = about_of(item, LANGUAGE)
    issue(
        "tanda_terima",
        by=by,
        area=item.area,
        item=item,
        family_id=item.family_id or None,
        person_id=item.person_id or None,
        about={
            "received": say("web_appeals.withdrawal_letter", LANGUAGE),
            "name": known.name or "–",
            "ticket": item.number,
            "subject": about.label if about else workflow(item.kind).label(LANGUAGE),
            "answer_by": item.due,
            "decides": say("web_appeals.office", LANGUAGE),
            "silence": say("web_appeals.silence_withdrawal", LANGUAGE),
        },
    )
    telling.withdrawal(item, item.person_id or known.person_id)
