"""What who complains takes home: the receipt with ticket and deadline, and the answer.

Both name them as they gave their name; who gave none is called by the ticket.
"""

from __future__ import annotations

from datetime import timedelta

from tangga.texts import say
from tangga.web.access import LEVELS
from tangga.web.appeals.answers import higher
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.papers.offices import office_of
from tangga.web.policy.book import book
from tangga.web.programmes.models import Complaint
from tangga.web.secrets import unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item, Taken

RECEIPT, ANSWER = "tanda_terima", "jawaban"
PAPER = "id"
OPEN, CHECKED = "lodged", "checked"


def receipt(of: Complaint, item: Item, by: Viewer | None) -> Paper:
    """Given at once: ticket, what about, until when, and who decides."""
    states = workflow(item.kind).states
    days = (states[OPEN].days or 0) + (states[CHECKED].days or 0)
    about = {
        "received": workflow(item.kind).label(PAPER),
        "name": _name(of, item),
        "ticket": item.number,
        "subject": _subject(of),
        "answer_by": item.opened_on + timedelta(days=days),
        "decides": _decides(item),
        "silence": say("web_programmes.complaint_silence", PAPER),
    }
    return issue(RECEIPT, by=by, area=item.area, item=item, about=about)


def answer(of: Complaint, item: Item, taken: Taken, by: Viewer | None) -> Paper:
    """The answer, with to whom the same may be brought."""
    office = by.post.area if by is not None and by.post is not None else ""
    about = {
        "name": _name(of, item),
        "ticket": item.number,
        "subject": _subject(of),
        "lodged_on": item.opened_on,
        "answer": workflow(item.kind).states[item.state].label(PAPER),
        "reasons": [taken.reason],
        "decides": _decides(item),
        "higher": higher(office, PAPER),
        "object_by": today() + timedelta(days=_object_days()),
    }
    return issue(ANSWER, by=by, area=item.area, item=item, about=about)


def _object_days() -> int:
    return int(book().policy.on(today()).notice.says["object_days"])


def _name(of: Complaint, item: Item) -> str:
    called = unseal(of.called) if of.called is not None else ""
    return called or say("web_programmes.complaint_holder", PAPER, number=item.number)


def _subject(of: Complaint) -> str:
    return f"{say(f'web_programmes.what_{of.what}', PAPER)}, {book().label(of.programme, PAPER)}"


def _decides(item: Item) -> str:
    return office_of(item.area[: LEVELS["regency"]]).chief
