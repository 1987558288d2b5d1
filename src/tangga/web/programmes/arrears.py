"""What earlier rounds left out of what was owed, and what they paid too much.

    found = arrears(of, round)      # lines beside those of the round's own time

Only where something speaks for it: a line that was held back then and is settled now, a payment
that failed or came back, or a decision (a restored spell, a death) recorded after that list was
signed. Nobody is paid twice: what any signed round has for a time counts, unless it did not arrive.
Where a closed round has no answer, or one that nobody can believe, the line is held: it is not
lost, and it is paid only once somebody knows.
What was paid too much is listed, and never taken off by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tangga.rules.days import Month, first_day, month_of
from tangga.rules.payee import Payment, after_death
from tangga.web.database.rows import rows
from tangga.web.overlay.models import Event
from tangga.web.overlay.read import open_rows
from tangga.web.policy.book import book
from tangga.web.programmes.households import DEATH, RESTORED
from tangga.web.programmes.listing import Line, lines
from tangga.web.programmes.models import Round, Row
from tangga.web.programmes.results import UNCLEAR
from tangga.web.programmes.standings import Standing

AS_FAR_BACK = 4
"""Rounds whose arrears are looked for."""
OVERPAID, PAID = "overpaid", "paid"
UNANSWERED = "unanswered"
"""Why a line of an earlier round is held: whether its money arrived is not known."""

Key = tuple[str, str]

ARRIVED = """
SELECT r.family_id, r.person_id, r.state, r.amount, said.status, said.matched,
    r.state = 'pay' AND coalesce(said.matched, 0) = 0 AND (
        o.state IN ('settled', 'settled_open') OR said.line = ANY(%(unclear)s)) AS unclear
FROM programmes_row AS r JOIN programmes_round AS o ON o.item_id = r.round_id
LEFT JOIN LATERAL (
    SELECT sum(x.matched)::bigint AS matched,
           (array_agg(x.status ORDER BY f.at DESC, x.line DESC))[1] AS status,
           (array_agg(x.state ORDER BY f.at DESC, x.line DESC))[1] AS line
    FROM programmes_result AS x JOIN programmes_resultfile AS f ON f.id = x.file_id
    WHERE x.row_id = r.id
) AS said ON true
WHERE o.frozen_at IS NOT NULL AND o.programme = %(programme)s
    AND r.area >= %(area)s AND r.area < %(past)s
    AND r.for_start = %(start)s AND r.for_end = %(end)s AND r.state IN ('pay', 'held')
"""


def before(round_: Round) -> list[Round]:
    """The signed rounds of the programme and area for earlier times, the latest first; of several
    for one time the first that was signed."""
    found = Round.objects.filter(
        programme=round_.programme,
        area=round_.area,
        goods=False,
        frozen_at__isnull=False,
        period_end__lt=round_.period_start,
    ).order_by("-period_start", "frozen_at")
    by_time: dict[tuple[object, object], Round] = {}
    for one in found:
        by_time.setdefault((one.period_start, one.period_end), one)
    return list(by_time.values())[:AS_FAR_BACK]


def arrears(of: Standing, round_: Round) -> list[Line]:
    """Lines for the times of earlier rounds: to pay, held, or (out) paid too much."""
    if round_.goods:
        return []
    return [line for one in before(round_) for line in _of_time(of, one)]


def _of_time(of: Standing, earlier: Round) -> list[Line]:
    first, past = month_of(earlier.period_start), month_of(earlier.period_end) + 1
    arrived, spoken = _arrived(earlier)
    spoken = (spoken | _decided_since(of, earlier)) - set(of.gone) - set(of.elsewhere)
    owed = {_key(one): one for one in lines(of, first, past, families=spoken)}
    keys = sorted(key for key in {*owed, *arrived} if key[0] in spoken)
    found = (_difference(of, key, owed.get(key), arrived.get(key), first, past) for key in keys)
    return [line for line in found if line is not None]


@dataclass
class Came:
    """What signed lists have for a family and time, as far as it arrived; the last word of it;
    unclear: whether some of it came nobody knows."""

    amount: int = 0
    status: str = ""
    unclear: bool = False


def _difference(
    of: Standing, key: Key, owed: Line | None, came: Came | None, first: Month, past: Month
) -> Line | None:
    """The line of what is missing, or of what was too much; None where it is as it should be."""
    runs = owed is not None and owed.state in (Row.PAY, Row.HELD)
    due = (owed.amount if owed is not None and runs else 0) or 0
    arrived = came.amount if came is not None else 0
    told: dict[str, Any] = {"owed": due, "arrived": arrived}
    if owed is not None and due > arrived and came is not None and came.unclear:
        held: dict[str, Any] = {"sort": Row.ARREARS, "state": Row.HELD, "why": UNANSWERED}
        return replace(owed, **held, amount=due - arrived, parts=(told, *owed.parts))
    if owed is not None and due > arrived:
        return replace(owed, sort=Row.ARREARS, amount=due - arrived, parts=(told, *owed.parts))
    if came is None or due >= arrived or (owed is not None and owed.amount is None):
        return None
    family, person = key
    told["after_death"] = _after_death(of, family, came, first, past)
    base = owed or Line(family, of.areas.get(family, ""), Row.OUT, first, past, person_id=person)
    shared: dict[str, Any] = {"sort": Row.ARREARS, "state": Row.OUT, "why": OVERPAID}
    return replace(base, **shared, amount=arrived - due, parts=(told,))


def _after_death(of: Standing, family: str, came: Came, first: Month, past: Month) -> str:
    """What a payment for months after a death is: good faith, to be recovered, untouched; '' where
    it was another reason."""
    deaths = of.households.deaths
    days = [
        day
        for person in of.households.members.get(family, ())
        if (day := deaths.persons.get(person)) is not None and day < first_day(past)
    ]
    if not days:
        return ""
    day = max(days)
    after = Payment(
        max(day + timedelta(days=1), first_day(first)), came.amount, came.status or PAID
    )
    found = after_death(day, after, anybody_left=family not in deaths.gone)
    return "" if found is None else found.value


def _arrived(earlier: Round) -> tuple[dict[Key, Came], set[str]]:
    """(what signed rounds have for the time of one, families whose money did not come)."""
    says = book().policy.on(earlier.period_end).settings["budget"].says
    lost, paid = {*says["failed"], *says["returned"]}, set(says["paid"])
    arrived: dict[Key, Came] = {}
    spoken: set[str] = set()
    params = {"programme": earlier.programme, "area": earlier.area, "past": f"{earlier.area}~"}
    params |= {"start": earlier.period_start, "end": earlier.period_end, "unclear": list(UNCLEAR)}
    for row in rows(ARRIVED, params):
        amount = row["amount"] if row["state"] == Row.PAY else 0
        unclear = row["unclear"] and row["status"] not in lost
        if unclear or row["status"] in lost or row["status"] in paid:
            amount = row["matched"] or 0
        came = arrived.setdefault((row["family_id"], row["person_id"]), Came())
        came.amount, came.status = came.amount + amount, row["status"] or came.status
        came.unclear = came.unclear or unclear
        if amount < (row["amount"] or 1):
            spoken.add(row["family_id"])
    return arrived, spoken


def _decided_since(of: Standing, earlier: Round) -> set[str]:
    """Families of which something was recorded after a list was signed."""
    signed = earlier.frozen_at
    assert signed is not None
    changed = {one.kind.family_id for one in of.changes if one.at > signed.isoformat()}
    events = open_rows(Event).filter(
        event__in=(DEATH, RESTORED), at__gt=signed, family_id__in=list(of.pieces)
    )
    return changed | set(events.values_list("family_id", flat=True))


def _key(one: Line) -> Key:
    return one.family_id, one.person_id
