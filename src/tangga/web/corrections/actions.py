"""Proposing, and the steps that more than one proposal takes at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tangga.web.audit.actions import record
from tangga.web.corrections import believed, compared, conflicts, places
from tangga.web.corrections.forms import About
from tangga.web.corrections.models import Batch, Proposal
from tangga.web.corrections.refusals import Empty, Gone, InBatch, Known, Moved
from tangga.web.corrections.resealing import marks_of
from tangga.web.corrections.said import Said, opened
from tangga.web.corrections.sorts import EVENT, PAYEE, PERSON, book
from tangga.web.database.scope import beyond_the_area
from tangga.web.journeys.care import guests
from tangga.web.viewer import Viewer
from tangga.web.work import actions as work
from tangga.web.work import evidence
from tangga.web.work.models import Item
from tangga.web.work.refusals import NotYours, Refusal, Stale, Twice

BATCH = "correction_batch"
BATCH_AREA = 4
"""Digits of the area of a batch: of the regency whose head signs."""

RECOMMENDED, VERIFIED = "recommended", "verified"
Files = Iterable[tuple[str, UploadedFile]]


@transaction.atomic
def propose(
    about: About,
    said: Said,
    *,
    by: Viewer,
    on: date,
    reason: str,
    document: str = "",
    files: Files = (),
    taken_on: date | None = None,
    place: str = "",
) -> Item:
    """Open a proposal with its evidence. Refusal (Twice, Known, Closed ...), or Refused of a file:
    nothing is kept."""
    area = _area(about, said, by)
    marks = marks_of(said)
    _not_twice(about, said, marks)
    brought = list(files)
    item = work.begin(
        about.sort.workflow,
        by=by,
        area=area,
        family_id=about.family.id if about.family else "",
        person_id=_person(about),
        title=about.sort.label("id"),
        reason=reason,
        document=document,
        evidence=len(brought),
        about={"sort": about.sort.name},
    )
    fields = [one.key for one in said.changes]
    kept = {"fields": fields, "said": said.sealed(), "marks": marks, "document": document}
    Proposal.objects.create(item=item, sort=about.sort.name, on=on, **kept)
    for kind, file in brought:
        evidence.keep(file, item=item, by=by, kind=kind, taken_on=taken_on, place=place)
    return item


def _area(about: About, said: Said, by: Viewer) -> str:
    """Where it belongs; NotYours, or a refusal of moves, where that is not the viewer's to say."""
    area = about.family.area if about.family else said.words["village"]
    if about.family:
        guests.still_here(about.family.id, by)
    if not by.covers(area):
        raise NotYours(verb=about.sort.label(by.language))
    return area


def _person(about: About) -> str:
    of_person = about.sort.about == PERSON or about.sort.follows not in (EVENT, PAYEE)
    return about.person_id if of_person else ""


def _not_twice(about: About, said: Said, marks: list[str]) -> None:
    """The very same thing proposed again is refused; another value for it is a conflict to see."""
    if (family := conflicts.known_number(said)) is not None:
        raise Known(family=family or "–")
    there = conflicts.proposed_number(marks)
    if there is not None:
        raise Twice(number=there.item.number)
    for one in conflicts.open_ones(about.family.id) if about.family else ():
        same_sort = one.sort == about.sort.name and one.item.person_id == _person(about)
        if same_sort and opened(one.said) == said:
            raise Twice(number=one.item.number)


@transaction.atomic
def prove(
    item: Item, files: Files, *, by: Viewer, taken_on: date | None = None, place: str = ""
) -> int:
    """Add evidence to a proposal that is not decided yet; how many files. Empty without any,
    Refused (of evidence) for a file that cannot be kept."""
    brought = list(files)
    if not brought or item.state not in conflicts.undecided(item.kind):
        raise Empty()
    for kind, file in brought:
        evidence.keep(file, item=item, by=by, kind=kind, taken_on=taken_on, place=place)
    return len(brought)


@transaction.atomic
def take(
    item: Item, step: str, *, by: Viewer, version: int, reason: str = "", document: str = ""
) -> Item:
    """A step of one proposal. A batch that it is in is locked first, as signing the batch does."""
    if item.parent_id:
        with beyond_the_area():
            list(Item.objects.select_for_update(of=("self",)).filter(pk=item.parent_id))
    return work.take(item, step, by=by, version=version, reason=reason, document=document)


@transaction.atomic
def endorse(
    items: Sequence[tuple[Item, int]],
    *,
    by: Viewer,
    document: str,
    basis: str,
    held_on: date,
    files: Files = (),
) -> list[Item]:
    """The village endorses proposals by one deliberation (or SPTJM): all of them, or none.

    items: each with its version as it was shown. basis: code of `correction_basis`.
    """
    if not items:
        raise Empty()
    conflicts.not_both(_proposals(item for item, _ in items))
    brought = [(kind, file) for kind, file in files]
    done = []
    for item, version in items:
        about = {"basis": basis, "held_on": str(held_on)}
        done.append(
            work.take(item, "endorse", by=by, version=version, document=document, about=about)
        )
        for kind, file in brought:
            file.seek(0)
            evidence.keep(file, item=item, by=by, kind=kind, taken_on=held_on)
    return done


@transaction.atomic
def present(items: Sequence[tuple[Item, int]], *, by: Viewer, document: str) -> Item:
    """Recommend verified proposals in a batch that waits to be signed: all of them, or none."""
    if not items:
        raise Empty()
    locked = _as_shown(items, VERIFIED, by)
    proposals = _proposals(locked)
    conflicts.not_both(proposals)
    area = locked[0].area[:BATCH_AREA]
    batch = work.begin(BATCH, by=by, area=area, document=document, about={"proposals": len(locked)})
    Batch.objects.create(item=batch, document=document)
    for item in locked:
        item.parent = batch
        _together(item, "recommend", by=by, document=document)
    return batch


@transaction.atomic
def sign(batch: Item, *, by: Viewer, version: int, document: str, seen: str) -> Item:
    """Sign a batch: each proposal in it holds from now on, or, where one cannot, none does.

    seen: the fingerprint of the effect on places as it was shown. Stale where the batch, or what
    it would change, is no longer so.
    """
    held = Item.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    children = list(_children(held).select_for_update(of=("self",)))
    effect = places.effect(_proposals(children))
    if not children:
        raise Empty()
    if effect.fingerprint != seen:
        raise Stale(number=held.number, state=places.changed_words(by.language))
    about = {"proposals": len(children), "effect": effect.fingerprint}
    done = work.take(held, "sign", by=by, version=version, document=document, about=about)
    Batch.objects.filter(pk=batch.pk).update(effect=effect.counts())
    for item in children:
        _together(item, "sign", by=by, document=document)
    return done


@transaction.atomic
def give_back(batch: Item, *, by: Viewer, version: int, reason: str) -> Item:
    """Return a batch unsigned; its proposals wait for a recommendation again."""
    held = Item.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    children = list(_children(held).select_for_update(of=("self",)))
    done = work.take(held, "return", by=by, version=version, reason=reason)
    for item in children:
        item.parent = None
        _together(item, "returned", by=by, reason=reason)
    return done


@transaction.atomic
def send_up(
    items: Sequence[tuple[Item, int]], step: str, *, by: Viewer, reason: str = ""
) -> list[Item]:
    """Proposals that were entered in the ministry's system, or what it answered."""
    if not items:
        raise Empty()
    return [work.take(item, step, by=by, version=version, reason=reason) for item, version in items]


@transaction.atomic
def close_by_release(items: Sequence[tuple[Item, int]], *, by: Viewer, reason: str) -> list[Item]:
    """Close proposals as the official release answers them: it says the same, or still another
    value. reason: of a rejection, which names the release. Empty where it answers none of them."""
    proposals = _proposals([item for item, _ in items])
    told = compared.compared(proposals)
    done = []
    for item, version in items:
        said = told.get(str(item.pk))
        if said is not None:
            step = "answer_yes" if said == compared.SAME else "answer_no"
            done.append(work.take(item, step, by=by, version=version, reason=reason))
    if not done:
        raise Empty()
    return done


def _children(batch: Item) -> Any:
    return Item.objects.filter(parent=batch, state=RECOMMENDED).order_by("area", "number")


def _as_shown(items: Sequence[tuple[Item, int]], state: str, by: Viewer) -> list[Item]:
    versions = {item.pk: version for item, version in items}
    found = Item.objects.filter(pk__in=versions).order_by("area", "number")
    locked = list(found.select_for_update(of=("self",)))
    for item in locked:
        if item.version != versions[item.pk] or item.state != state:
            from tangga.web.work.kinds import workflow

            where = workflow(item.kind).states[item.state].label(by.language)
            raise Stale(number=item.number, state=where)
    if len(locked) != len(versions):
        raise Empty()
    return locked


def _together(item: Item, step: str, *, by: Viewer, **more: str) -> None:
    """A step of a proposal because of its batch; the refusal names which one it was."""
    item.save(update_fields=["parent"])
    try:
        work.follow(item, step, by=by, **more)
    except Refusal as why:
        raise InBatch(number=item.number, why=why.words(by.language)) from why


def _proposals(items: Iterable[Item]) -> list[Proposal]:
    found = Proposal.objects.filter(pk__in=[item.pk for item in items]).select_related("item")
    return sorted(found, key=lambda one: (one.item.area, one.item.number))


def still_so(proposal: Proposal, found: believed.Family | None) -> None:
    """Moved, or Gone, where what it speaks of is no longer as somebody looked at it. found: its
    family as it is now."""
    if not proposal.item.family_id:
        return
    if found is None or (proposal.item.person_id and not found.member(proposal.item.person_id)):
        raise Gone(number=proposal.item.number)
    if conflicts.moved(opened(proposal.said).changes, found):
        raise Moved(number=proposal.item.number)


def look_again(proposal: Proposal, by: Viewer | None) -> None:
    """At verification: what the value is now becomes what was looked at. Contradicted: another
    proposal on it was found true. Known: in the verifier's
    area, wider than a village, somebody else has the number that it gives."""
    family_id = proposal.item.family_id
    conflicts.only_one(proposal, (VERIFIED, RECOMMENDED))
    found = believed.family(family_id, by) if family_id else None
    said = opened(proposal.said)
    if (known := conflicts.known_number(said)) is not None:
        raise Known(family=known or "–")
    if found is None or not conflicts.moved(said.changes, found):
        return
    from dataclasses import replace

    fresh = tuple(replace(one, before=found.text(one.entity_id, one.field)) for one in said.changes)
    proposal.said = replace(said, changes=fresh).sealed()
    proposal.save(update_fields=["said"])


def seen(item: Item, *, by: Viewer, about: Mapping[str, Any] | None = None) -> None:
    """A proposal was opened."""
    record(
        "proposal_seen",
        by=by,
        family_id=item.family_id or None,
        person_id=item.person_id or None,
        area=item.area,
        about={"item": item.number, **(about or {})},
    )


def sort_of(proposal: Proposal) -> Any:
    """What sort of proposal it is."""
    return book().sorts[proposal.sort]
