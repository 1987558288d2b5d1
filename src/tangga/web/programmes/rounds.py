"""Rounds of distribution: worked out, checked, signed and then never changed.

round_ = prepare(programme="pkh", area="1811", start=..., end=..., called="Tahap 1", by=viewer)
take(round_.item, "sign", by=viewer, version=v)      # work.actions: the effect is `step`
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from psycopg import sql

from tangga.rules.days import first_day, month_of
from tangga.rules.rates import payment_periods
from tangga.web.audit.actions import record
from tangga.web.database.rows import value
from tangga.web.journeys.care.wide import seeing
from tangga.web.pack import NATION
from tangga.web.policy.book import book
from tangga.web.programmes import closing, register, waiting
from tangga.web.programmes.arrears import arrears
from tangga.web.programmes.bnba import issue_list, issue_report
from tangga.web.programmes.differing import differing
from tangga.web.programmes.households import Rows, who_of
from tangga.web.programmes.listing import ENDED, GONE, Line, lines
from tangga.web.programmes.models import Round, Row
from tangga.web.programmes.owed import in_kind
from tangga.web.programmes.refusals import Again, Changed, Empty, NoTime, TooWide
from tangga.web.programmes.register import table
from tangga.web.programmes.standings import Standing, standing
from tangga.web.programmes.who import sealed
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import NotYours

KIND = "round"
MOST = 100_000
"""Enrolments of one list: a whole regency or city, not a province."""
AT_ONCE = 2000
LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s))"
PAID = """
SELECT count(DISTINCT p.family_id) FROM {payments} AS p
WHERE p.programme = %(programme)s AND p.area >= %(area)s AND p.area < %(past)s
    AND p.period_start <= %(end)s AND p.period_end >= %(start)s AND p.status = ANY(%(paid)s)
"""
RELEASE = """
SELECT r.release FROM public.register_current AS c
JOIN public.register_releases AS r ON r.number = c.number
"""


def periods(programme: str, year: int) -> list[tuple[date, date]]:
    """The times for which a programme pays in a year, both days inclusive; none in kind."""
    return [
        (first_day(first), first_day(past) - timedelta(days=1))
        for first, past in payment_periods(book().policy, programme, year)
    ]


@transaction.atomic
def prepare(
    *,
    programme: str,
    area: str,
    start: date,
    end: date,
    called: str,
    by: Viewer,
    each: Decimal | None = None,
    unit: str = "",
    what: str = "",
    reason: str = "",
) -> Round:
    """A round of a programme in an area, for a time (both days inclusive), with its list.

    each, unit, what: of goods, how much a family gets. reason: why it is prepared before its time.
    NoTime where the programme does not pay for such a time; Again where there is a round of it
    already that was not dropped.
    """
    goods = in_kind(programme, start)
    if not by.covers(area):
        raise NotYours(verb=KIND)
    if end < start or (not goods and (start, end) not in periods(programme, start.year)):
        raise NoTime(programme=book().label(programme, by.language))
    many = register.count_in(programme, area)
    if many > MOST:
        raise TooWide(n=many, most=MOST)
    _alone(programme, area, start, end, goods)
    title = f"{book().label(programme, 'id')} · {called}"
    item = actions.begin(KIND, by=by, area=area, title=title[:200], reason=reason)
    made = Round.objects.create(
        item=item,
        area=area,
        programme=programme,
        called=called,
        goods=goods,
        each=each if goods else None,
        unit=unit if goods else "",
        what=what if goods else "",
        period_start=start,
        period_end=end,
        state=item.state,
    )
    fill(made, by)
    return made


def _alone(programme: str, area: str, start: date, end: date, goods: bool) -> None:
    """Again where families of the area stand in another round of the programme for such a time:
    wherever money is paid, also in one of a wider or a narrower area, or of an overlapping time."""
    value(LOCK, [f"round {programme}"])
    others = Round.objects.filter(programme=programme).exclude(state="dropped")
    if goods:
        others = others.filter(area=area, period_start=start, period_end=end)
    else:
        others = others.filter(period_start__lte=end, period_end__gte=start)
    for one in others:
        if one.area.startswith(area) or area.startswith(one.area):
            number = Item.objects.filter(pk=one.pk).values_list("number", flat=True).first()
            raise Again(number=number or one.called)


def paid_by_list(of: Round) -> int:
    """Families of the area of whom a loaded list says that they were paid for this time."""
    held = table("payments")
    if held is None or of.goods:
        return 0
    paid = book().policy.on(of.period_end).settings["budget"].says["paid"]
    params = {"programme": of.programme, "area": of.area, "past": f"{of.area}~"}
    params |= {"start": of.period_start, "end": of.period_end, "paid": list(paid)}
    return int(value(sql.SQL(PAID).format(payments=held), params))


def step(item: Item, taken: Taken, by: Viewer | None) -> None:
    """What a step of a round changes: the effect of its workflow."""
    found = Round.objects.filter(item=item).first()
    if found is None:
        return
    found.state = item.state
    found.save(update_fields=["state"])
    match taken.step:
        case "recount":
            fill(found, by)
        case "ask":
            _ready(found, by)
        case "check":
            _same(found, by)
        case "sign":
            _same(found, by)
            _freeze(found, by)
        case "settle" | "settle_open":
            closing.closed(found, taken.step)
            issue_report(found, by)


def _ready(of: Round, by: Viewer | None) -> None:
    if not Row.objects.filter(round=of, state=Row.PAY).exists():
        raise Empty()
    _same(of, by)


def _same(of: Round, by: Viewer | None) -> None:
    """Changed, unless the list says what it would say now."""
    found = _lines(of, by)
    if digest(found) != of.digest:
        raise Changed(number=of.item.number, families=differing(of, found))


def _freeze(of: Round, by: Viewer | None) -> None:
    """From here on the database refuses any change of the list."""
    of.frozen_at = timezone.now()
    of.save(update_fields=["frozen_at"])
    about = {"round": of.item.number, "rows": of.payees, "digest": of.digest}
    record("round_signed", by=by, area=of.area, about=about)
    issue_list(of, by)


def fill(of: Round, by: Viewer | None) -> None:
    """Work the list out anew and keep it instead of what was there."""
    found = _lines(of, by)
    Row.objects.filter(round=of).delete()
    number = of.item.number.replace("/", "-")
    homes, named = _who(found, by)
    Row.objects.bulk_create(
        (
            _row(of, f"{number}-{n:05d}", n, one, homes, named)
            for n, one in enumerate(found, start=1)
        ),
        batch_size=AT_ONCE,
    )
    paid = [one for one in found if one.state == Row.PAY]
    of.payees = len(paid)
    of.total = (
        (of.each or Decimal(0)) * len(paid)
        if of.goods
        else Decimal(sum(one.amount or 0 for one in paid))
    )
    of.digest, of.made_at = digest(found), timezone.now()
    of.release = value(RELEASE) or ""
    of.save()


def _lines(of: Round, by: Viewer | None) -> list[Line]:
    """Every line: the time of the round, arrears, and who is proposed for the places left."""
    stands = standing(of.programme, of.area, goods=of.goods, by=by)
    first, past = month_of(of.period_start), month_of(of.period_end) + 1
    own = lines(stands, first, past)
    order = {Row.PAY: 0, Row.HELD: 1, Row.OUT: 2, Row.INSTEAD: 3}
    found = [*own, *arrears(stands, of), *_instead(stands, own, of)]
    return sorted(found, key=lambda one: order[one.state])


def _instead(of: Standing, own: Iterable[Line], round_: Round) -> list[Line]:
    """For each place that fell free, the next of the queue to which it belongs, in its order."""
    left: dict[str, list[Line]] = {}
    for one in own:
        if one.state == Row.OUT and one.why in (ENDED, GONE):
            left.setdefault(waiting.place_of(of.programme, one.area), []).append(one)
    found = []
    for place, gone in sorted(left.items()):
        queue = waiting.queue(of.programme, place, len(gone), without=of.pieces)
        for free, next_ in zip(gone, queue, strict=False):
            told = {"place": place, "position": next_["position"], "decile": next_["decile"]}
            proposed = replace(
                free,
                family_id=next_["family_id"],
                person_id=next_["person_id"] or "",
                area=next_["area"],
                state=Row.INSTEAD,
                why="",
                amount=None,
                payee="",
                parts=({**told, "for": free.family_id},),
            )
            found.append(proposed)
    return found


def digest(found: Sequence[Line]) -> str:
    """sha256 over what a list says of money and people, in its order."""
    told = [
        (
            *(one.family_id, one.person_id, one.area, one.sort, one.state, one.why),
            *(one.first, one.past, one.amount, one.payee, one.parts),
        )
        for one in found
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _who(found: Sequence[Line], by: Viewer | None) -> tuple[Rows, Rows]:
    """Names and numbers; of families that moved here, as the release has them elsewhere."""
    families, persons = {one.family_id for one in found}, _persons(found)
    homes, named = who_of(families, persons)
    if len(homes) < len(families) and by is not None:
        with seeing(by, NATION):
            more, others = who_of(families - set(homes), persons - set(named))
        homes.update(more)
        named.update(others)
    return homes, named


def _persons(found: Iterable[Line]) -> set[str]:
    named = {person for one in found for person in (one.payee, one.person_id, one.proposed)}
    parts = {part.get("person", "") for one in found for part in one.parts}
    return (named | parts) - {""}


def _row(of: Round, code: str, n: int, one: Line, homes: Rows, named: Rows) -> Row:
    return Row(
        round=of,
        area=one.area,
        n=n,
        code=code,
        family_id=one.family_id,
        person_id=one.person_id,
        sort=one.sort,
        state=one.state,
        why=one.why,
        for_start=first_day(one.first),
        for_end=first_day(one.past) - timedelta(days=1),
        amount=one.amount,
        payee_person_id=one.payee,
        parts=list(one.parts),
        who=sealed(one, homes, named),
    )
