"""Complaints about support: not received, too little, cut; taken in, checked, answered in time.

    lodge(programme="food_reserve", area=VILLAGE, what="not_received", said="...", by=viewer)

What was said, who said it and the answer are sealed. The one complained about does not answer it:
whoever handed the goods over, or took the complaint in, is never who checks it.
"""

from __future__ import annotations

from django.db import transaction

from tangga.web.counter.register import note
from tangga.web.programmes import complaint_papers
from tangga.web.programmes.models import Complaint, Delivery, Round, Row
from tangga.web.programmes.refusals import OwnWork
from tangga.web.secrets import seal, unseal
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import Lacking

KIND = "delivery_complaint"
WHATS = (
    "not_received",
    "too_little",
    "cut",
    "other_took",
    "bad_goods",
    "account",
    "behaviour",
    "other",
)
"""What can be wrong; words in the texts."""


@transaction.atomic
def lodge(
    *,
    programme: str,
    area: str,
    what: str,
    said: str,
    by: Viewer | None,
    family_id: str = "",
    round_: Round | None = None,
    row: Row | None = None,
    called: str = "",
    contact: str = "",
) -> Complaint:
    """Take a complaint in. area: village of the family, or of the office. called, contact: of who
    complains, both may be left out. Lacking: nothing was said."""
    if not said.strip() or what not in WHATS:
        raise Lacking(needs="reason", step=KIND)
    item = actions.begin(KIND, by=by, area=area, family_id=family_id, about={"what": what})
    if by is not None and by.may("counter"):
        note(by=by, service="complaint", area=area, family_id=family_id, item=item)
    made = Complaint.objects.create(
        item=item,
        area=area,
        programme=programme,
        round=round_,
        row=row,
        what=what,
        said=seal(said.strip()),
        called=seal(called.strip()) if called.strip() else None,
        contact=seal(contact.strip()) if contact.strip() else None,
    )
    complaint_papers.receipt(made, item, by)
    return made


def step(item: Item, taken: Taken, by: Viewer | None) -> None:
    """What a step changes: the effect of the workflow."""
    found = Complaint.objects.filter(item=item).select_related("row").first()
    if found is None:
        return
    if taken.step == "check":
        if by is not None and _own(found, by):
            raise OwnWork()
        found.found = seal(taken.reason)
    if taken.step == "answer":
        found.answer = seal(taken.reason)
    found.save()
    if taken.step == "answer":
        complaint_papers.answer(found, item, taken, by)


def _own(of: Complaint, by: Viewer) -> bool:
    """Whether it is about what the viewer handed over themselves."""
    return of.row is not None and Delivery.objects.filter(row=of.row, by_id=by.user.pk).exists()


def words(sealed: bytes | None) -> str:
    """What was said, by whom, the answer: opened; '' where there is none."""
    return "" if sealed is None else unseal(sealed)
