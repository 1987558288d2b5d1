"""Rehabilitation files at each step, checks of support, moves between the two regencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tangga.web.example.cast import Cast, NoneFits
from tangga.web.example.words import words
from tangga.web.journeys.care import holding, moves, people, rehabilitation, support
from tangga.web.journeys.care.models import Case
from tangga.web.journeys.care.rehabilitation import Plan
from tangga.web.work.models import Item

TEAM, CENTRE = "pendamping_rehsos", "sentra"
CLERK, VERIFIER, HEAD = "operator_kabkota", "verifikator_kabkota", "kepala_dinas"
BESIDE = "operator_kabkota:beside"
"""Of the regency beside."""
WITHOUT_CASE = """
NOT EXISTS (SELECT FROM cases AS c WHERE c.family_id = f.family_id)
AND (SELECT count(*) FROM persons AS m WHERE m.family_id = f.family_id) >= 3
"""
SUPPORTED = """
EXISTS (SELECT FROM spells AS s WHERE s.family_id = f.family_id AND s.open
    AND s.programme = %(programme)s AND s.component IS NOT NULL)
AND NOT EXISTS (SELECT FROM cases AS c WHERE c.family_id = f.family_id)
"""


# --- rehabilitation -------------------------------------------------------------------------------


def files(cast: Cast) -> None:
    """One just opened, one that waits for the centre's answer, one in service."""
    there = cast.families(TEAM, WITHOUT_CASE, 3)
    _opened(cast, there[0], 3)
    _referred(cast, _opened(cast, there[1], 20), 12)
    said = words()["care"]
    item = _referred(cast, _opened(cast, there[2], 60), 50)
    for step, role, ago, text in (
        ("accept", CENTRE, 45, said["letter"]),
        ("begin", CENTRE, 40, said["service"]),
        ("note", TEAM, 9, said["service"]),
    ):
        item = _go(cast, item, step, role, ago, text)


def _opened(cast: Cast, family: dict[str, Any], ago: int) -> Item:
    said = words()["care"]
    with cast.acting(TEAM, ago) as by:
        person = people.person(family["head_person_id"])
        if person is None:
            raise NoneFits("nobody to open a file of")
        return rehabilitation.open_file(
            person, cluster=said["cluster"], words=said["opened"], by=by
        )


def _referred(cast: Cast, item: Item, ago: int) -> Item:
    """Assessed, and a day later referred to the centre that serves the area."""
    said = words()["care"]
    with cast.acting(TEAM, ago + 1) as by:
        values = {"kind": "rehabilitation", "need": said["need"]}
        item = rehabilitation.keep_assessment(
            item, values=values, on_date=cast.ago(ago + 1), by=by, version=item.version
        )
    plan = Plan(
        cluster=said["cluster"],
        need=said["need"],
        mode=said["mode"],
        provider=Case.SENTRA,
        why_not_local=said["why_not_local"],
    )
    with cast.acting(TEAM, ago) as by:
        return rehabilitation.refer(
            item, plan=plan, words=said["plan"], by=by, version=item.version
        )


def _go(cast: Cast, item: Item, step: str, role: str, ago: int, text: str) -> Item:
    with cast.acting(role, ago) as by:
        return rehabilitation.go(item, step, words=text, by=by, version=item.version)


# --- checks of support ----------------------------------------------------------------------------


def checks(cast: Cast) -> None:
    """One to be checked, one to be decided, one told to the family, one cleared."""
    said = words()["care"]
    programme = words()["distribution"]["programme"]
    there = cast.families(CLERK, SUPPORTED, 4, programme=programme)
    raised = [_raised(cast, row["family_id"], 9 - n) for n, row in enumerate(there)]
    _checked(cast, raised[1], holding.PROVED, said["checked"])
    told = _checked(cast, raised[2], holding.PROVED, said["checked"])
    _checked(cast, raised[3], holding.CLEARED, said["cleared"])
    more = {"reason": said["decided"], "document": said["decision_paper"]}
    cast.take(told, "decide", HEAD, 2, **more)


def _raised(cast: Cast, family_id: str, ago: int) -> Item:
    said = words()["care"]
    with cast.acting(CLERK, ago) as by:
        return holding.raise_case(
            family_id=family_id, reason=said["reason"], words=said["signal_words"], by=by
        )


def _checked(cast: Cast, item: Item, finding: str, text: str) -> Item:
    with cast.acting(VERIFIER, 4) as by:
        proved = finding == holding.PROVED
        return holding.check(
            item,
            finding=finding,
            words=text,
            document=words()["care"]["checked_paper"] if proved else "",
            ends=support.running(item.family_id, cast.ago(4)) if proved else (),
            by=by,
            version=item.version,
        )


# --- moves ----------------------------------------------------------------------------------------


def moves_between(cast: Cast) -> None:
    """From beside: one waits for this regency, one for the province; and one from here."""
    home, beside = (cast.post(role).area for role in (CLERK, BESIDE))
    villages = {
        home: cast.near,
        beside: cast.family(BESIDE, "f.status = 'active'", beside)["area"],
    }
    programme = words()["distribution"]["programme"]
    coming = cast.families(BESIDE, SUPPORTED, 2, beside, programme=programme)
    _moved(cast, BESIDE, coming[0], villages[home], 6)
    disputed = _moved(cast, BESIDE, coming[1], villages[home], 20)
    cast.take(disputed, "decline", VERIFIER, 3, reason=words()["care"]["move"]["refused"])
    going = cast.family(CLERK, WITHOUT_CASE, home)
    _moved(cast, CLERK, going, villages[beside], 2)


def _moved(cast: Cast, role: str, family: dict[str, Any], to: str, ago: int) -> Item:
    said = words()["care"]["move"]
    with cast.acting(role, ago) as by:
        return moves.propose(
            family_id=family["family_id"],
            to_village=to,
            moved_on=cast.ago(ago + 3),
            consent=moves.Consent(cast.ago(ago), said["consent"]),
            words=said["words"],
            document=said["paper"],
            by=by,
        )


PARTS: Mapping[str, Callable[[Cast], None]] = {
    "files": files,
    "checks": checks,
    "moves_between": moves_between,
}
