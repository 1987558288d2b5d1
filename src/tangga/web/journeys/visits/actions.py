"""Saving visits: a form sent twice is one visit, and nobody overwrites what they have not seen."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from tangga.errors import UserError
from tangga.texts import Language, say
from tangga.web.audit.actions import record
from tangga.web.database.rows import value
from tangga.web.journeys.visits import queries
from tangga.web.journeys.visits.facts import Seen, seen_of
from tangga.web.journeys.visits.models import Sheet, Visit
from tangga.web.secrets import Unreadable
from tangga.web.today import today
from tangga.web.viewer import Viewer

ADD = """
INSERT INTO public.visits_visit
    (id, family_id, area, worker, by_id, called, planned_on, on_date, purpose, result, facts,
     version, sheet_id, dropped, at, changed)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, %s, false, now(), now())
ON CONFLICT (id) DO NOTHING
"""


class Refused(UserError):
    """A visit that is not saved. key: of `web_visits.refused_...`."""

    key = "refused"

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.words("en"))

    def words(self, language: Language) -> str:
        """What is wrong, and what to do."""
        return say(f"web_visits.refused_{self.key}", language, **self.values)


class Replayed(Refused):
    """The form was saved before, with something else in it."""

    key = "replayed"

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        super().__init__()


class SameDay(Refused):
    """This worker recorded another visit to the family on that day already."""

    key = "same_day"

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        super().__init__()


class Changed(Refused):
    """Somebody changed the visit since the form was shown."""

    key = "changed"


class Final(Refused):
    """The visit is in the register already, or is somebody else's: a new one is written instead."""

    key = "final"


class NoPlan(Refused):
    """A plan cannot be moved or dropped once its day has come."""

    key = "plan_passed"


@transaction.atomic
def save(
    *,
    key: uuid.UUID,
    family_id: str,
    area: str,
    on_date: date,
    purpose: str,
    result: str,
    seen: Seen,
    by: Viewer,
    sheet: Sheet | None = None,
    second: bool = False,
) -> tuple[Visit, bool]:
    """One visit by the key of its form, and whether it is new; one that says the very same of the
    same day is that visit. An open plan of this worker for the family becomes the visit. Replayed:
    the key holds another visit already. SameDay, unless it was said to be a second one.

    The caller has seen that the family is in the viewer's area.
    """
    what = (family_id, on_date, purpose, result, seen)
    again = _said_before(key, *what, by, second)
    if again is not None:
        return again, False
    visit = Visit(
        id=key,
        family_id=family_id,
        area=area,
        worker=by.worker,
        by=by.user,
        called=by.user.called,
        planned_on=_planned_day(family_id, by),
        on_date=on_date,
        purpose=purpose,
        result=result,
        facts=seen.sealed(),
        sheet=sheet,
    )
    if not _added(visit):  # the same form, sent at the same moment, or a key of another area
        kept = Visit.objects.filter(pk=key).first()
        if kept is None:
            raise Final()
        return _again(kept, *what, by), False
    about = {"visit": key, "purpose": purpose, "result": result, "on_date": on_date}
    record("visit_saved", by=by, family_id=family_id, area=area, about=about)
    return visit, True


def _planned_day(family_id: str, by: Viewer) -> date | None:
    """For which day the worker had planned this visit; the plan ends with it."""
    planned = _open_plan(family_id, by)
    if planned is None:
        return None
    _drop(planned)
    return planned.planned_on


def _said_before(
    key: uuid.UUID,
    family_id: str,
    on_date: date,
    purpose: str,
    result: str,
    seen: Seen,
    by: Viewer,
    second: bool,
) -> Visit | None:
    """The visit that a form made before, or one that says the same of that day: who goes back and
    saves again has been there once. Replayed, SameDay."""
    found = list(Visit.objects.filter(Q(pk=key) | Q(family_id=family_id, by=by.user)))
    before = next((one for one in found if one.pk == key), None)
    if before is not None:
        return _again(before, family_id, on_date, purpose, result, seen, by)
    others = [one for one in found if one.on_date == on_date and not one.dropped]
    for one in others:
        if (one.purpose, one.result) == (purpose, result) and seen_of(one.facts) == seen:
            return one
    if others and not second:
        raise SameDay(others[0])
    return None


def _added(visit: Visit) -> bool:
    """Whether it is new: a key that stands already is left as it is."""
    names = ("family_id", "area", "worker", "by_id", "called", "planned_on", "on_date")
    names = (*names, "purpose", "result", "facts", "sheet_id")
    with connection.cursor() as cursor:
        cursor.execute(ADD, [visit.pk, *(getattr(visit, name) for name in names)])
        return bool(cursor.rowcount == 1)


def _open_plan(family_id: str, by: Viewer) -> Visit | None:
    if not by.worker:
        return None
    same = {"family_id": family_id, "worker": by.worker, "on_date": None, "dropped": False}
    return Visit.objects.select_for_update().filter(**same).first()


def _drop(plan: Visit) -> None:
    """The plan is now the visit that holds its day."""
    Visit.objects.filter(pk=plan.pk, version=plan.version).update(
        dropped=True, version=F("version") + 1, changed=timezone.now()
    )


def _again(
    before: Visit,
    family_id: str,
    on_date: date,
    purpose: str,
    result: str,
    seen: Seen,
    by: Viewer,
) -> Visit:
    """A form that comes a second time: the visit that it made, where it says the same."""
    said = (family_id, by.user.pk, on_date, purpose, result)
    held = (before.family_id, before.by_id, before.on_date, before.purpose, before.result)
    try:
        same = said == held and seen == seen_of(before.facts)
    except Unreadable:
        same = False
    if not same:
        record("visit_replayed", by=by, family_id=before.family_id, area=before.area)
        raise Replayed(before)
    return before


def taken(visit: Visit) -> bool:
    """Whether the release in force holds it."""
    return bool(value(f"SELECT {queries.CONSUMED.format(id='%s')}", [str(visit.pk)]))


def may_change(visit: Visit, by: Viewer) -> bool:
    """Whether this is the viewer's own visit, and no release holds it yet."""
    return bool(by.may("visit") and visit.by_id == by.user.pk and not taken(visit))


@transaction.atomic
def change(
    visit: Visit,
    *,
    version: int,
    on_date: date,
    purpose: str,
    result: str,
    seen: Seen,
    by: Viewer,
) -> Visit:
    """Correct one's own visit. version: as the form showed it; Changed, Final."""
    if not may_change(visit, by):
        raise Final()
    done = Visit.objects.filter(pk=visit.pk, version=version).update(
        on_date=on_date,
        purpose=purpose,
        result=result,
        facts=seen.sealed(),
        version=version + 1,
        changed=timezone.now(),
    )
    if not done:
        raise Changed()
    about = {"visit": visit.pk, "version": version + 1}
    record("visit_changed", by=by, family_id=visit.family_id, area=visit.area, about=about)
    return Visit.objects.get(pk=visit.pk)


@transaction.atomic
def plan(*, family_id: str, area: str, day: date, purpose: str, by: Viewer) -> Visit:
    """Plan a visit, or move an open plan whose day has not come. NoPlan for a day in the past, and
    where the day of the former plan has come: it stays what the worker is measured by."""
    if day < today():
        raise NoPlan()
    before = _open_plan(family_id, by)
    if before is None:
        visit = Visit.objects.create(
            id=uuid.uuid4(),
            family_id=family_id,
            area=area,
            worker=by.worker,
            by=by.user,
            called=by.user.called,
            planned_on=day,
            purpose=purpose,
        )
    else:
        if before.planned_on is not None and before.planned_on < today():
            raise NoPlan()
        Visit.objects.filter(pk=before.pk).update(
            planned_on=day, purpose=purpose, version=F("version") + 1, changed=timezone.now()
        )
        visit = Visit.objects.get(pk=before.pk)
    record("visit_planned", by=by, family_id=family_id, area=area, about={"day": day})
    return visit


@transaction.atomic
def unplan(visit: Visit, *, by: Viewer) -> None:
    """Drop a plan before its day. NoPlan afterwards."""
    own = visit.worker == by.worker and visit.on_date is None and not visit.dropped
    if not own or visit.planned_on is None or visit.planned_on < today():
        raise NoPlan()
    _drop(visit)
    record("visit_unplanned", by=by, family_id=visit.family_id, area=visit.area)
