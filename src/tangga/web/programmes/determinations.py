"""Determination of a local programme: from the waiting list, in its order, by a signed decree.

    act = draw_up(programme="training", area="1811", many=5, start=..., end=None, by=viewer)
    outside(act, family_id=F, why="...", by=viewer)      # before others: a reason, two signatures
    passed(act, pick, why="...", by=viewer)              # left out: likewise

What the rule says (fits, waits) and who determines are kept apart: only the signature opens spells.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from tangga.web.audit.actions import record
from tangga.web.database.rows import value
from tangga.web.overlay.models import Spell
from tangga.web.papers.issue import issue
from tangga.web.policy.book import book
from tangga.web.programmes import places, waiting
from tangga.web.programmes.households import who_of
from tangga.web.programmes.local import is_local
from tangga.web.programmes.models import Determination, Pick
from tangga.web.programmes.refusals import (
    Empty,
    NoSecond,
    NotHere,
    NotLocal,
    NotNow,
    Over,
    SecondHand,
    SecondNeeded,
)
from tangga.web.programmes.spells import ACTIVE
from tangga.web.programmes.timeline import OPEN
from tangga.web.secrets import seal, unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import Lacking, NotYours

KIND = "determination"
PAPER = "sk_penetapan"
MOST = 2000
SIGNED = ("sign", "sign_second")
LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s))"


@transaction.atomic
def draw_up(
    *, programme: str, area: str, many: int, start: date, end: date | None, by: Viewer
) -> Determination:
    """A draft with the first so many of the queue of an area. NotLocal for a programme that others
    determine. end: exclusive."""
    known = book().policy.programmes.get(programme)
    if known is None or not is_local(known):
        raise NotLocal(programme=book().label(programme, by.language))
    if not by.covers(area):
        raise NotYours(verb=KIND)
    item = actions.begin(KIND, by=by, area=area, title=known.labels.get("id", programme))
    made = Determination.objects.create(
        item=item,
        area=area,
        programme=programme,
        valid_from=start,
        valid_to=end,
        free=places.free(programme, area),
        state=item.state,
    )
    queue = waiting.queue(programme, area, min(many, MOST), without=_picked_elsewhere(programme))
    Pick.objects.bulk_create(_pick(made, n, row) for n, row in enumerate(queue, start=1))
    return made


def _pick(of: Determination, n: int, row: dict[str, Any], **more: Any) -> Pick:
    shared = {"state": Pick.ORDER, **more}
    return Pick(
        determination=of,
        area=row["area"],
        n=n,
        family_id=row["family_id"],
        person_id=row["person_id"] or "",
        place=row["queue_area"],
        position=row["position"],
        decile=row["decile"],
        since=row["since"],
        **shared,
    )


def _picked_elsewhere(programme: str) -> list[str]:
    """Families that stand in another determination of the programme which is still on its way."""
    found = Pick.objects.filter(
        determination__programme=programme,
        determination__state__in=("draft", "asked", "checked", "once"),
    ).exclude(state=Pick.PASSED)
    return list(found.values_list("family_id", flat=True))


@transaction.atomic
def outside(of: Determination, *, family_id: str, why: str, by: Viewer) -> Pick:
    """Take a family before others, with a reason. It must be registered and wait for the programme;
    NotHere where it does not (who does not fit gets no place by a signature)."""
    _draft(of, by)
    if not why.strip():
        raise Lacking(needs="reason", step=KIND)
    row = waiting.place_in(of.programme, family_id)
    waits = row is not None and (row["queue"], row["queue_area"]) == (waiting.RANKED, of.area)
    there = Pick.objects.filter(determination=of, family_id=family_id).exists()
    if row is None or not waits or there or family_id in waiting.determined(of.programme):
        raise NotHere(family=family_id)
    last = Pick.objects.filter(determination=of).order_by("-n").first()
    made = _pick(of, (last.n if last else 0) + 1, row, state=Pick.OUTSIDE, why=seal(why.strip()))
    made.save()
    _note(of, made, by)
    return made


@transaction.atomic
def passed(of: Determination, pick: Pick, *, why: str, by: Viewer) -> Pick | None:
    """Leave out a family whose turn it is, with a reason: it stays on the list, and the next of the
    queue takes the place. Returns who came instead."""
    _draft(of, by)
    if not why.strip():
        raise Lacking(needs="reason", step=KIND)
    Pick.objects.filter(pk=pick.pk).delete()
    if pick.state == Pick.OUTSIDE:
        return None
    _note(of, pick, by)
    pick.state, pick.why = Pick.PASSED, seal(why.strip())
    pick.save(force_insert=True)
    there = Pick.objects.filter(determination=of).values_list("family_id", flat=True)
    without = [*there, *_picked_elsewhere(of.programme)]
    following = waiting.queue(of.programme, of.area, 1, without=without)
    if not following:
        return None
    last = Pick.objects.filter(determination=of).order_by("-n").first()
    made = _pick(of, (last.n if last else 0) + 1, following[0])
    made.save()
    return made


def _note(of: Determination, pick: Pick, by: Viewer) -> None:
    """The change stands in the item's history, and a form shown before it is out of date."""
    item = Item.objects.select_for_update(of=("self",)).get(pk=of.pk)
    about = {"row": pick.n, "position": pick.position}
    actions.take(item, "change", by=by, version=item.version, about=about)


def _draft(of: Determination, by: Viewer) -> None:
    by.require("rounds")
    if of.state != "draft":
        raise NotNow(number=of.item.number)


def taken_in(of: Determination) -> list[Pick]:
    """Who is to receive, in order."""
    return list(Pick.objects.filter(determination=of).exclude(state=Pick.PASSED).order_by("n"))


def needs_two(of: Determination) -> bool:
    """Whether somebody is taken before others: a reason and a second signature."""
    return Pick.objects.filter(determination=of).exclude(state=Pick.ORDER).exists()


def why(pick: Pick) -> str:
    """The reason of a pick that is out of the order."""
    return "" if pick.why is None else unseal(pick.why)


def step(item: Item, taken: Taken, by: Viewer | None) -> None:
    """What a step of a determination changes: the effect of its workflow."""
    found = Determination.objects.filter(item=item).first()
    if found is None:
        return
    if taken.step in ("ask", *SIGNED):
        _has_room(found)
    if taken.step == "sign" and needs_two(found):
        raise SecondNeeded(number=item.number)
    if taken.step == "sign_first" and not needs_two(found):
        raise NoSecond(number=item.number)
    if taken.step == "sign_second" and _signed_first(item) == taken.user_id:
        raise SecondHand(number=item.number)
    found.state = item.state
    if taken.step in SIGNED:
        _take_effect(found, taken, by)
    found.save()


def _has_room(of: Determination) -> None:
    """Empty where nobody is on it; Over where more are than there are places now. One at a time."""
    value(LOCK, [f"places {of.programme} {of.area}"])
    picks, free = taken_in(of), places.free(of.programme, of.area)
    if not picks:
        raise Empty()
    if free is not None and len(picks) > free:
        raise Over(many=len(picks), free=free)


def _signed_first(item: Item) -> int | None:
    first = Taken.objects.filter(item=item, step="sign_first").order_by("-n").first()
    return None if first is None else first.user_id


def _take_effect(of: Determination, taken: Taken, by: Viewer | None) -> None:
    """Issue the decree with its annex, and open the spells that it determines."""
    picks = taken_in(of)
    of.digest = digest(picks)
    paper = issue(
        PAPER,
        by=by,
        area=of.area,
        item=of.item,
        about=_about(of, taken, len(picks)),
        rows=_annex(picks),
    )
    of.paper = paper.number
    day = today()
    Spell.objects.bulk_create(
        Spell(
            correction_id=f"{of.item.number}-{n}",
            item=of.item,
            family_id=pick.family_id,
            area=pick.area,
            document=of.paper,
            by=None if by is None else by.user,
            by_called="" if by is None else by.user.called,
            recorded_on=day,
            person_id=pick.person_id,
            programme=of.programme,
            change=OPEN,
            status=ACTIVE,
            valid_from=of.valid_from,
            valid_to=of.valid_to,
            payee_person_id=pick.person_id,
        )
        for n, pick in enumerate(picks, start=1)
    )
    about = {"item": of.item.number, "families": len(picks), "paper": of.paper}
    record("determined", by=by, area=of.area, about={**about, "digest": of.digest})


def _about(of: Determination, taken: Taken, many: int) -> dict[str, Any]:
    outside_ = [one for one in Pick.objects.filter(determination=of) if one.state != Pick.ORDER]
    said = {
        "programme": book().label(of.programme, "id"),
        "year": of.valid_from.year,
        "places": many,
        "starts_on": of.valid_from,
        "document": taken.document,
        "out_of_order": "\n".join(f"{one.family_id}: {why(one)}" for one in outside_),
    }
    if of.valid_to is not None:
        said["ends_on"] = of.valid_to
    return {key: value for key, value in said.items() if value not in ("", None)}


def _annex(picks: Sequence[Pick]) -> Iterator[dict[str, Any]]:
    homes, named = who_of(
        {one.family_id for one in picks}, {one.person_id for one in picks if one.person_id}
    )
    heads = {home["head_person_id"] for home in homes.values() if home["head_person_id"]}
    _, numbers = who_of((), heads)
    for pick in picks:
        home = homes.get(pick.family_id, {})
        head = numbers.get(home.get("head_person_id") or "", {})
        person = named.get(pick.person_id) or head
        yield {
            "family_id": pick.family_id,
            "person_id": pick.person_id or home.get("head_person_id") or "",
            "name": person.get("name") or home.get("head") or pick.family_id,
            "nik": person.get("nik", ""),
            "kk": home.get("kk", ""),
            "place": home.get("address") or "",
            "payee": person.get("name") or "",
            "position": pick.position,
            "amount": None,
        }


def digest(picks: Iterable[Pick]) -> str:
    """sha256 over who is determined, in order."""
    told = [(one.n, one.family_id, one.person_id, one.place, one.position) for one in picks]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
