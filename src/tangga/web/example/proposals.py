"""Proposals in each state: of the village, with the verifier, in a batch to be signed, on the way
up, and ended; a birth, an appeal against a rank, two proposals on one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tangga.errors import UserError
from tangga.web.corrections import actions, believed, places
from tangga.web.corrections.forms import About, ProposalForm
from tangga.web.corrections.models import Proposal
from tangga.web.corrections.proof import brought
from tangga.web.corrections.sorts import book
from tangga.web.example.cast import Cast
from tangga.web.example.photos import photo
from tangga.web.example.words import words
from tangga.web.pack import pack
from tangga.web.work.models import Item

VILLAGE, LEADER, COMPANION = "operator_desa", "kepala_desa", "pendamping_pkh"
CLERK, VERIFIER, HEAD, MAYOR = "operator_kabkota", "verifikator_kabkota", "kepala_dinas", "bupati"
VALUE, BIRTH, RANK = "value", "birth", "rank_appeal"
FIRST = 25
"""So many days ago the first of them was written down."""


def proposals(cast: Cast) -> None:
    """All of them."""
    said = words()["proposals"]
    columns = said["columns"]
    where = f"f.{columns[0]} IS NOT NULL AND f.area = %(village)s"
    there = cast.families(VILLAGE, where, 14, village=cast.near)
    ids = [row["family_id"] for row in there]
    made = [_value(cast, id_, n) for n, id_ in enumerate(ids[:12])]
    _endorse(cast, made[2:])
    _in_the_office(cast, made)
    _signed(cast, made[6:10])
    _to_sign(cast, made[4:6])
    _others(cast, ids, columns)


def propose(
    cast: Cast, role: str, sort: str, family_id: str, form: dict[str, Any], ago: int, section: str
) -> Item:
    """A proposal as its form makes it. UserError with what the form says is wrong."""
    with cast.acting(role, ago) as by:
        found = believed.family(family_id, by)
        about = About(sort=book().sorts[sort], family=found, section=section, names={})
        filled = ProposalForm(about, by, form, {"photo": photo()})
        if not filled.is_valid():
            raise UserError(f"{sort}: {filled.errors.as_text()}")
        got = filled.cleaned_data
        return actions.propose(
            about,
            got["said"],
            by=by,
            on=got["on"],
            reason=got["reason"],
            document=got["document"],
            files=brought(got),
        )


def _value(cast: Cast, family_id: str, n: int, role: str = VILLAGE) -> Item:
    """One value of the home, another than what stands there."""
    said = words()["proposals"]
    column = said["columns"][n % len(said["columns"])]
    with cast.acting(role) as by:
        found = believed.family(family_id, by)
    assert found is not None
    codes = pack().tables["family"].columns[column].codes
    assert codes is not None
    now = found.text(family_id, column)
    other = [one for one in codes.codes if one != now]
    form = {
        f"v_{column}": other[0 if role == VILLAGE else 1],
        "reason": said["reasons"][n % len(said["reasons"])],
    }
    return propose(cast, role, VALUE, family_id, form, FIRST - n, said["section"])


def _endorse(cast: Cast, items: list[Item]) -> None:
    """By one deliberation."""
    said = words()["proposals"]
    with cast.acting(LEADER, 12) as by:
        actions.endorse(
            _as_they_are(items),
            by=by,
            document=said["minutes"],
            basis=said["basis"],
            held_on=cast.ago(12),
        )


def _in_the_office(cast: Cast, made: list[Item]) -> None:
    """Verified, declined, returned to the village, withdrawn."""
    said = words()["proposals"]
    for item in (*made[4:10], made[11]):
        _step(cast, item, "verify", VERIFIER, 8)
    _step(cast, made[10], "decline", VERIFIER, 8, reason=said["declined"])
    _step(cast, made[3], "return_village", VERIFIER, 7, reason=said["returned"])
    _step(cast, made[0], "withdraw", VILLAGE, 3, reason=said["withdrawn"])


def _signed(cast: Cast, items: list[Item]) -> None:
    """Signed: one waits to be entered, one for an answer, two were answered."""
    said = words()["proposals"]
    batch = _present(cast, items, 6)
    with cast.acting(MAYOR, 5) as by:
        now = Item.objects.get(pk=batch.pk)
        held = Proposal.objects.filter(item__parent=batch).select_related("item")
        shown = places.effect(sorted(held, key=lambda one: (one.item.area, one.item.number)))
        actions.sign(
            now, by=by, version=now.version, document=said["decree"], seen=shown.fingerprint
        )
    sent = items[1:]
    for step, some, more in (
        ("enter", sent, {}),
        ("answer_yes", sent[:1], {}),
        ("answer_no", sent[1:2], {"reason": said["rejected"]}),
    ):
        with cast.acting(CLERK, 1) as by:
            actions.send_up(_as_they_are(some), step, by=by, **more)


def _to_sign(cast: Cast, items: list[Item]) -> None:
    """A batch that lies before the mayor."""
    _present(cast, items, 1)


def _present(cast: Cast, items: list[Item], ago: int) -> Item:
    with cast.acting(HEAD, ago) as by:
        paper = words()["proposals"]["recommendation"]
        return actions.present(_as_they_are(items), by=by, document=paper)


def _others(cast: Cast, ids: list[str], columns: list[str]) -> None:
    said = words()["proposals"]
    birth = said["birth"] | {
        "on": cast.ago(24).isoformat(),
        "p0_birth_date": cast.ago(24).isoformat(),
        "reason": said["birth_reason"],
        "document": said["birth_paper"],
    }
    born = propose(cast, VILLAGE, BIRTH, ids[12], birth, 4, "")
    _step(cast, born, "verify", VERIFIER, 2)
    form = {"reason": said["rank_reason"]}
    propose(cast, VILLAGE, RANK, ids[13], form, 1, "")
    # A second word on a value of which another was said before.
    _value(cast, ids[1], 1, COMPANION)


def _step(cast: Cast, item: Item, step: str, role: str, ago: int, **more: str) -> None:
    with cast.acting(role, ago) as by:
        now = Item.objects.get(pk=item.pk)
        actions.take(now, step, by=by, version=now.version, **more)


def _as_they_are(items: list[Item]) -> list[tuple[Item, int]]:
    found = Item.objects.in_bulk([item.pk for item in items])
    return [(found[item.pk], found[item.pk].version) for item in items]


PARTS: Mapping[str, Callable[[Cast], None]] = {"proposals": proposals}
