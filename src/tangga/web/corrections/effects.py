"""What follows from a step of a proposal: once it holds, the overlay says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tangga.web.corrections import actions, ended, rulings
from tangga.web.corrections.believed import Family, family
from tangga.web.corrections.conflicts import APPLIED, undecided
from tangga.web.corrections.models import Proposal
from tangga.web.corrections.payees import paid_to
from tangga.web.corrections.refusals import Barred, Gone, NotTheirs
from tangga.web.corrections.said import Said, opened
from tangga.web.corrections.sorts import (
    CHECK,
    EVENT,
    PAYEE,
    PEOPLE,
    PERSON,
    RULING,
    VALUES,
    Sort,
    book,
)
from tangga.web.database.scope import beyond_the_area
from tangga.web.journeys.care.payee import barred
from tangga.web.overlay import write
from tangga.web.overlay.models import Event, Spell, Upward, Value
from tangga.web.programmes import spells
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions as work
from tangga.web.work.models import Item, Taken

CARD, NEW_CARD, OTHER = "card", "new_kk", "other_id"
MERGED = "family"
DEATH = "death"
UPWARD = {
    "entered": Upward.ENTERED,
    "accepted": Upward.ACCEPTED,
    "rejected": Upward.REJECTED,
    "unanswered": Upward.UNANSWERED,
}
"""The states above `ready` -> what the overlay's rows say of their way up."""


def after(item: Item, taken: Taken, by: Viewer | None) -> None:
    """Called with every step of a proposal, in its transaction."""
    proposal = Proposal.objects.filter(pk=item.pk).select_related("item").first()
    if proposal is None:
        return  # it is being opened
    if taken.step == "withdraw":
        _theirs(item, by)
    if taken.step == "endorse":
        _endorsed(proposal, taken)
    if taken.step == "verify":
        actions.look_again(proposal, by)
    if taken.to_state == APPLIED and taken.from_state in undecided(item.kind):
        _holds(item, proposal, by)
    elif taken.to_state in UPWARD:
        _up(item, UPWARD[taken.to_state], by)
    if taken.from_state == actions.RECOMMENDED and taken.to_state != APPLIED:
        _out_of_batch(item, by)


def _endorsed(proposal: Proposal, taken: Taken) -> None:
    """What the village endorsed it by; the usual where only a number was given."""
    proposal.basis = taken.about.get("basis") or book().deliberation[0]
    proposal.held_on = taken.about.get("held_on") or taken.on_day
    proposal.document = taken.document[:200]
    proposal.save(update_fields=["basis", "held_on", "document"])


def _theirs(item: Item, by: Viewer | None) -> None:
    own = by is not None and item.by_id == by.user.pk
    office = by is not None and by.post is not None and by.post.area == item.area
    if not own and not office:
        raise NotTheirs(number=item.number)


def _out_of_batch(item: Item, by: Viewer | None) -> None:
    """It leaves its batch, which is another one now: a page of it that was open signs no more. A
    batch with nothing in it is returned: also by a village, which does not see it."""
    left = item.parent_id
    Item.objects.filter(pk=item.pk).update(parent=None)
    item.parent_id = None
    with beyond_the_area():
        batch = Item.objects.filter(pk=left).first() if left else None
        if batch is not None and not batch.closed and not batch.children.exists():
            work.follow(batch, "emptied", by=by)


def _up(item: Item, upward: Upward, by: Viewer | None) -> None:
    called = "" if by is None or by.user is None else by.user.called
    for model in (Value, Event, Spell):
        model.objects.filter(item=item).update(  # type: ignore[attr-defined]
            upward=upward, upward_on=today(), upward_by=called
        )


def _holds(item: Item, proposal: Proposal, by: Viewer | None) -> None:
    """It is true from now on. Moved, Gone where the world has changed meanwhile."""
    about = family(item.family_id, by) if item.family_id else None
    actions.still_so(proposal, about)
    sort, said = book().sorts[proposal.sort], opened(proposal.said)
    FOLLOWS.get(sort.follows, _nothing)(item, proposal, sort, said, about, by)


def _nothing(*_: object) -> None:
    """It only goes up: no decile, and nothing else, changes here."""


def _values(
    item: Item, proposal: Proposal, sort: Sort, said: Said, about: Family | None, by: Viewer | None
) -> None:
    for one in said.changes:
        write.value(
            item=item,
            entity=one.entity,
            entity_id=one.entity_id,
            family_id=item.family_id,
            area=item.area,
            field=one.field,
            value=one.after,
            as_of=proposal.on,
            basis=proposal.basis or book().paper,
            document=proposal.document,
            by=by,
        )


def _people(
    item: Item, proposal: Proposal, sort: Sort, said: Said, about: Family | None, by: Viewer | None
) -> None:
    """New people: a row of the overlay for each of their columns, and the event, if it is one."""
    family_id = item.family_id or new_id(item)
    for number, person in enumerate(said.people, start=1):
        person_id = f"{new_id(item)}-{number}"
        for field, text in person.items():
            write.value(
                item=item,
                entity=PERSON,
                entity_id=person_id,
                family_id=family_id,
                area=item.area,
                field=field,
                value=text,
                as_of=proposal.on,
                basis=proposal.basis or book().paper,
                document=proposal.document,
                by=by,
            )
        if sort.event:
            _event(item, proposal, sort, said, by, person_id)


def new_id(item: Item) -> str:
    """Of a family that a proposal brings; of its people with -1, -2 ... behind it."""
    return f"new-{item.pk.hex}"


def _events(
    item: Item, proposal: Proposal, sort: Sort, said: Said, about: Family | None, by: Viewer | None
) -> None:
    """It has happened: to the person, to the members named, or to all who live in the family."""
    if about is None:
        raise Gone(number=item.number)
    living = [row["person_id"] for row in about.living]
    concerned = [item.person_id] if item.person_id else list(said.ids) or living
    if set(concerned) - set(living):
        raise Gone(number=item.number)
    for person_id in concerned:
        _event(item, proposal, sort, said, by, person_id)
    if sort.event == DEATH:
        _after_death(item, proposal, said, by, set(living) - set(concerned))


def _event(
    item: Item, proposal: Proposal, sort: Sort, said: Said, by: Viewer | None, person_id: str
) -> None:
    words = said.words
    about = {
        name: words[key] for key, name in ((CARD, NEW_CARD), (MERGED, OTHER)) if words.get(key)
    }
    write.event(
        item=item,
        event=sort.event,
        on_date=proposal.on,
        family_id=item.family_id or new_id(item),
        area=item.area,
        person_id=person_id,
        document=proposal.document,
        about=about,
        by=by,
        **{key: words[key] for key in ("to_area", "from_area") if words.get(key)},
    )


def _after_death(
    item: Item, proposal: Proposal, said: Said, by: Viewer | None, left: set[str]
) -> None:
    """Support goes on with another payee; where nobody is left, it ends."""
    if not left:
        ended.all_died(item, on=proposal.on, document=proposal.document, by=by)
    elif said.words.get("payee"):
        _pay_to(item, proposal, said.words["payee"], by, whom=item.person_id)


def _payee(
    item: Item, proposal: Proposal, sort: Sort, said: Said, about: Family | None, by: Viewer | None
) -> None:
    payee = said.words["payee"]
    if about is None or payee not in {row["person_id"] for row in about.living}:
        raise Gone(number=item.number)
    _pay_to(item, proposal, payee, by)
    _event(item, proposal, sort, said, by, payee)


def _pay_to(item: Item, proposal: Proposal, payee: str, by: Viewer | None, whom: str = "") -> None:
    """Every spell that runs (and was paid to `whom`) is paid to another member from today on."""
    if payee in barred(item.family_id):
        raise Barred(number=item.number)
    named = {one.kind.programme for one in paid_to(item.family_id) if whom in ("", one.payee)}
    for programme in sorted(named):
        spells.change_payee(
            item=item,
            by=by,
            family_id=item.family_id,
            area=item.area,
            payee=payee,
            on=today(),
            programme=programme,
            document=proposal.document,
        )


def _ruling(
    item: Item, proposal: Proposal, sort: Sort, said: Said, about: Family | None, by: Viewer | None
) -> None:
    rulings.rule(item, sort, said, by)


def _check(
    item: Item, proposal: Proposal, sort: Sort, said: Said, about: Family | None, by: Viewer | None
) -> None:
    ended.look_into(item, proposal, said, by)


Follow = Callable[[Item, Proposal, Sort, Said, "Family | None", "Viewer | None"], None]
FOLLOWS: Mapping[str, Follow] = {
    VALUES: _values,
    PEOPLE: _people,
    EVENT: _events,
    PAYEE: _payee,
    RULING: _ruling,
    CHECK: _check,
}
