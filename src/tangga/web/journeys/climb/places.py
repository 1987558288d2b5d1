"""A place in empowerment for one person or family: proposed, checked, determined, followed."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from tangga.rules.names import PERSON_TABLE
from tangga.rules.programmes import Verdict, verdict
from tangga.web.journeys.care import guests
from tangga.web.journeys.climb import kube
from tangga.web.journeys.climb.acting import not_held, words
from tangga.web.journeys.climb.models import Place, Potential, Turnover
from tangga.web.journeys.climb.reading import Reading, read_for
from tangga.web.journeys.climb.refusals import Missing, NoSuchFamily
from tangga.web.programmes import places as quotas
from tangga.web.programmes import spells
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import Twice

KIND = "placement"
RESULTS = ("working", "business", "certificate", "none")


def says(read: Reading, programme: str, person_id: str) -> Verdict | None:
    """What the programme's rule says of the person, or of the family."""
    asked = read.rules.programmes.get(programme)
    if asked is None:
        return None
    facts = read.facts
    if asked[0].unit == PERSON_TABLE:
        place = read.who(person_id)
        if place is None:
            return None
        facts = read.facts.members[place]
    return verdict(asked[1].says, facts, read.on)


@transaction.atomic
def propose(
    *,
    family_id: str,
    programme: str,
    by: Viewer,
    person_id: str = "",
    potential: Potential | None = None,
    provider: str = "",
    reason: str,
) -> Item:
    """A place, proposed. Aid outside the rule needs this reason, and two others who sign."""
    read = read_for(family_id, by)
    if person_id and read.who(person_id) is None:
        raise NoSuchFamily(family=family_id)
    known = read.rules.programmes.get(programme)
    if known is None or (known[0].unit == PERSON_TABLE) != bool(person_id):
        raise Missing(what=words("person", by))
    not_held(read, person_id, by)
    open_ = Place.objects.filter(
        family_id=family_id, person_id=person_id, programme=programme, item__closed_on=None
    ).first()
    if open_ is not None:
        raise Twice(number=open_.item.number)
    item = actions.begin(
        KIND, by=by, area=read.area, family_id=family_id, person_id=person_id, reason=reason
    )
    Place.objects.create(
        item=item,
        area=read.area,
        family_id=family_id,
        person_id=person_id,
        programme=programme,
        potential=potential,
        provider=provider.strip()[:200],
    )
    return item


@transaction.atomic
def take(
    item: Item,
    step: str,
    *,
    by: Viewer,
    version: int,
    reason: str = "",
    document: str = "",
    result: str = "",
) -> Item:
    """A step of a place; result: of one that finishes."""
    guests.still_here(item.family_id, by)
    if step == "finish":
        if result not in RESULTS:
            raise Missing(what=words("result", by))
        Place.objects.filter(pk=item.pk).update(result=result)
    return actions.take(item, step, by=by, version=version, reason=reason, document=document)


@transaction.atomic
def turnover(item: Item, *, month: int, amount: int, on: date, by: Viewer, version: int) -> Item:
    """The turnover of a business, at a check-up or in between."""
    if month and Turnover.objects.filter(item=item, month=month).exists():
        raise Missing(what=words("check_up_once", by))
    if amount < 0 or on > today():
        raise Missing(what=words("turnover", by))
    Turnover.objects.create(
        item=item, area=item.area, month=month, amount=amount, on_date=on, by_called=by.user.called
    )
    return actions.take(item, "record", by=by, version=version, about={"month": month})


def free_places(programme: str, area: str) -> int | None:
    """Places that are free for a village: those of the narrowest area that has any."""
    for digits in (10, 6, 4, 2):
        found = quotas.free(programme, area[:digits]) if len(area) >= digits else None
        if found is not None:
            return found
    return None


def after_step(item: Item, taken: Taken, by: Viewer | None) -> None:
    """A determination opens support, its end closes it."""
    place = Place.objects.select_for_update(of=("self",)).filter(pk=item.pk).first()
    if place is None:
        return
    match taken.step:
        case "determine":
            not_held(read_for(place.family_id, by), place.person_id, by)
            _open(place, item, taken.document, by)
        case "start":
            place.begun = today()
        case "finish" | "drop":
            place.ended = today()
            _close(place, item, by)
        case _:
            pass
    place.save()
    if item.state == "running":
        kube.wait_for_check_up(item, place.begun)


def _open(place: Place, item: Item, document: str, by: Viewer | None) -> None:
    free = free_places(place.programme, place.area)
    if free is not None and free <= 0:
        raise Missing(what=words("free_place", by))
    place.document = document
    spells.open_spell(
        item=item,
        by=by,
        family_id=place.family_id,
        area=place.area,
        programme=place.programme,
        person_id=place.person_id,
        on=today(),
        document=document,
    )


def _close(place: Place, item: Item, by: Viewer | None) -> None:
    running = spells.running(family_id=place.family_id)
    mine = (place.programme, place.person_id)
    if any((one.kind.programme, one.kind.person_id) == mine for one in running):
        spells.close(
            item=item,
            by=by,
            family_id=place.family_id,
            area=place.area,
            programme=place.programme,
            person_id=place.person_id,
            on=today(),
        )
