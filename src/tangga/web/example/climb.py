"""The climb: graduations at each step, decisions past the cap, plans, prevention, groups."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction

from tangga.rules.answer import YES
from tangga.web.database.rows import rows
from tangga.web.example.cast import Cast, NoneFits
from tangga.web.example.words import words
from tangga.web.journeys.climb import actions, kube, places
from tangga.web.journeys.climb.models import Group, Potential
from tangga.web.journeys.climb.place_views import keep_potential
from tangga.web.journeys.climb.reading import read_for
from tangga.web.journeys.climb.refusals import DoesNotFit, First, Missing
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.journeys.visits import actions as visits
from tangga.web.journeys.visits.facts import Seen
from tangga.web.work.models import Item
from tangga.web.work.refusals import Refusal

COMPANION, DISTRICT, COORDINATOR = "pendamping_pkh", "tksk", "koordinator_pkh"
CLERK, VERIFIER, HEAD = "operator_kabkota", "verifikator_kabkota", "kepala_dinas"
ON_RUNG = """
SELECT m.family_id, m.area FROM moves AS m WHERE m.person_id IS NULL AND m.rung = %s
AND m.area LIKE %s AND length(m.area) = 10 ORDER BY (m.area = %s) DESC, m.family_id
"""
IN_QUEUE = """
EXISTS (SELECT FROM cap_queue AS q JOIN near_cap AS n USING (family_id)
    WHERE q.family_id = f.family_id AND n.must_climb_adults > 0)
AND NOT EXISTS (SELECT FROM cases AS c WHERE c.family_id = f.family_id)
"""
DUE = """
EXISTS (SELECT FROM moves AS m WHERE m.family_id = f.family_id AND m.person_id IS NULL
    AND m.move = %(move)s)
"""
SEEN_BEFORE, SEEN_LAST = 215, 6
"""Days ago of the two observations of a family that graduates."""


def _potential(cast: Cast) -> Potential:
    """What plans, places and groups of the district rest on; made once."""
    said = words()["climb"]["potential"]
    with cast.acting(COMPANION):
        there = Potential.objects.filter(name=said["name"], gone=None).first()
    if there is not None:
        return there
    with cast.acting(COMPANION, 30) as by:
        return keep_potential(
            {
                **said,
                "area": by.area,
                "on_date": cast.ago(30),
                "business": words()["climb"]["group"]["business"],
            },
            by,
        )


# --- graduation -----------------------------------------------------------------------------------


def graduations(cast: Cast) -> None:
    """One proposed, one checked, one of which the family has been told."""
    found = [_proposed(cast, row) for row in islice(_fitting(cast), 3)]
    if not found:
        raise NoneFits("no family in empowerment fits every requirement")
    for item in found[1:]:
        _take(cast, item, "check", COORDINATOR, 2)
    for item in found[2:]:
        _take(cast, item, "decide", HEAD, 1)


def _fitting(cast: Cast) -> Iterator[dict[str, Any]]:
    """Families that would fit by two more observations, and now do."""
    with cast.acting(COMPANION) as by:
        there = rows(ON_RUNG, [wanted().above, f"{by.area}%", cast.near])
    for row in there:
        if row["family_id"] in cast.used:
            continue
        try:
            with transaction.atomic():
                _observed(cast, row)
                with cast.acting(COMPANION, 4) as by:
                    row["item"] = actions.begin(
                        "graduation",
                        family_id=row["family_id"],
                        by=by,
                        reason=words()["climb"]["graduation"],
                    )
        except (DoesNotFit, First, visits.Refused):
            continue
        cast.used.add(row["family_id"])
        yield row


def _proposed(cast: Cast, row: dict[str, Any]) -> Item:
    item: Item = row["item"]
    return item


def _observed(cast: Cast, row: dict[str, Any]) -> None:
    """Seen by two workers, months apart; the second brings the statement and the minutes."""
    said = words()["climb"]["observed"]
    income = {"income_month": str(said["income_month"])}
    papers = {"statement": said["statement"], "document": said["document"]}
    for role, days, seen in (
        (DISTRICT, SEEN_BEFORE, income),
        (COMPANION, SEEN_LAST, income | papers),
    ):
        with cast.acting(role, 5) as by:
            visits.save(
                key=uuid.uuid4(),
                family_id=row["family_id"],
                area=row["area"],
                on_date=cast.ago(days),
                purpose="graduation",
                result=words()["visits"]["result"],
                seen=Seen(seen),
                by=by,
            )


# --- past the cap, before it, and below the ladder ------------------------------------------------


def at_cap(cast: Cast) -> None:
    """In the queue, proposed, checked, extended."""
    said = words()["climb"]
    there = cast.families(CLERK, IN_QUEUE, 4)
    items = [_begun(cast, "cap_decision", row, 8) for row in there]
    until = _months_on(cast.today, said["extension_months"])
    for item in items[1:]:
        _take(cast, item, "propose_extension", CLERK, 7, reason=said["cap_reason"], until=until)
    for item in items[2:]:
        _take(cast, item, "check", VERIFIER, 5)
    _take(cast, items[3], "decide_extension", HEAD, 3, reason=said["cap_decision"])


def _months_on(day: date, months: int) -> date:
    first = day.month - 1 + months
    return date(day.year + first // 12, first % 12 + 1, 1)


def plans_of_families(cast: Cast) -> None:
    """Of families past month 48: a draft, one proposed, one agreed."""
    said = words()["climb"]
    there = cast.families(COMPANION, DUE, 3, least=1, move=wanted().moves[actions.PLAN])
    for n, row in enumerate(there):
        with cast.acting(COMPANION, 6) as by:
            item = actions.plan(family_id=row["family_id"], by=by)
            actions.line(
                item,
                by=by,
                version=item.version,
                programme=said["training"],
                person_id=row["head_person_id"],
                potential=_potential(cast),
                by_when=date.fromisoformat(said["plan_by"]),
            )
        if n:
            _take(cast, item, "propose", COMPANION, 6)
        if n > 1:
            _take(cast, item, "agree", COORDINATOR, 4)


def prevention(cast: Cast) -> None:
    """Proposed; and one that is followed."""
    there = cast.families(CLERK, DUE, 2, least=1, move=wanted().moves["prevention"])
    items = [_begun(cast, "prevention", row, 5) for row in there]
    for item in items[1:]:
        _take(cast, item, "open", VERIFIER, 3)


def review(cast: Cast) -> None:
    """A family that climbed was struck."""
    row = cast.family(CLERK, DUE, move=wanted().moves["fall_review"])
    _begun(cast, "fall_review", row, 2)


def _begun(cast: Cast, kind: str, row: dict[str, Any], ago: int) -> Item:
    reason = words()["climb"]["prevention" if kind == "prevention" else "cap_reason"]
    with cast.acting(CLERK, ago) as by:
        try:
            return actions.begin(kind, family_id=row["family_id"], by=by, reason=reason)
        except DoesNotFit as wrong:
            raise NoneFits(wrong.what) from None


def _take(cast: Cast, item: Item, step: str, role: str, ago: int, **more: Any) -> None:
    with cast.acting(role, ago) as by:
        now = Item.objects.get(pk=item.pk)
        actions.take(now, step, by=by, version=now.version, **more)


# --- places and groups ----------------------------------------------------------------------------


def work_places(cast: Cast) -> None:
    """A place proposed, and one checked that waits to be determined."""
    said = words()["climb"]
    where = (
        "EXISTS (SELECT FROM waiting AS w WHERE w.family_id = f.family_id "
        "AND w.programme = %(programme)s AND w.person_id = f.head_person_id)"
    )
    there = cast.families(COMPANION, where, 2, programme=said["training"])
    for n, row in enumerate(there):
        with cast.acting(COMPANION, 5) as by:
            try:
                item = places.propose(
                    family_id=row["family_id"],
                    programme=said["training"],
                    person_id=row["head_person_id"],
                    potential=_potential(cast),
                    by=by,
                    reason=said["place_reason"],
                )
            except (Missing, Refusal) as wrong:
                raise NoneFits(wrong.words("id")) from None
        if n:
            cast.take(item, "check", COORDINATOR, 3)


def groups(cast: Cast) -> None:
    """One that has its plan checked and waits for the aid; one of candidates."""
    said, rests_on = words()["climb"]["group"], _potential(cast)
    where = (
        "EXISTS (SELECT FROM waiting AS w WHERE w.family_id = f.family_id "
        "AND w.programme = %(programme)s)"
    )
    roles, programme = said["roles"], wanted().programme
    asked = cast.families(COMPANION, where, 60, least=1, programme=programme)
    with cast.acting(COMPANION, 20) as by:
        fitting = (row for row in asked if _fits(row["family_id"], programme, by))
        there = list(islice(fitting, len(roles) + 2))
    cast.free(row for row in asked if row not in there)
    if len(there) < len(roles):
        raise NoneFits(f"{len(there)} families fit a group")
    item = _gathered(cast, said["name"], 25, rests_on)
    for row, role in zip(there, roles, strict=False):
        item = _joined(cast, item, row, role)
    _gathered(cast, said["second"], 3, rests_on, there[len(roles) :])
    item = cast.take(item, "form", COMPANION, 18)
    with cast.acting(COMPANION, 14) as by:
        group = Group.objects.get(pk=item.pk)
        item = kube.plan(
            item,
            text=said["plan"],
            cost=said["cost"],
            potential=group.potential,
            by=by,
            version=item.version,
        )
        kube.account(item, number=said["account"], bank=said["bank"], by=by, version=item.version)
    cast.take(item, "check_plan", VERIFIER, 6)


def _fits(family_id: str, programme: str, by: Any) -> bool:
    said = places.says(read_for(family_id, by), programme, "")
    return said is not None and said.answer is YES


def _gathered(
    cast: Cast,
    name: str,
    ago: int,
    rests_on: Potential,
    members: Sequence[dict[str, Any]] = (),
) -> Item:
    business = words()["climb"]["group"]["business"]
    with cast.acting(COMPANION, ago) as by:
        item = kube.gather(
            name=name, area=by.area or "", by=by, business=business, potential=rests_on
        )
    for row in members:
        item = _joined(cast, item, row, wanted().member, ago)
    return item


def _joined(cast: Cast, item: Item, row: dict[str, Any], role: str, ago: int = 20) -> Item:
    with cast.acting(COMPANION, ago) as by:
        return kube.join(
            item,
            family_id=row["family_id"],
            person_id=row["head_person_id"],
            role=role,
            by=by,
            version=item.version,
        )


PARTS: Mapping[str, Callable[[Cast], None]] = {
    "graduations": graduations,
    "at_cap": at_cap,
    "plans_of_families": plans_of_families,
    "prevention": prevention,
    "review": review,
    "work_places": work_places,
    "groups": groups,
}
