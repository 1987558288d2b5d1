"""A round of payment with its results, one being checked; Mesuji's rice from the places to the
receipts; a decree being drawn up; a complaint."""

from __future__ import annotations

import csv
import io
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction

from tangga.web.database.rows import value
from tangga.web.example.cast import Cast, NoneFits
from tangga.web.example.words import words
from tangga.web.policy.book import book
from tangga.web.programmes import complaints, determinations, goods, quotas, results, rounds
from tangga.web.programmes.layout import layout
from tangga.web.programmes.models import Row
from tangga.web.programmes.payment_file import payment_file
from tangga.web.programmes.refusals import Over

VILLAGE, CLERK, VERIFIER = "operator_desa", "operator_kabkota", "verifikator_kabkota"
HEAD, MAYOR = "kepala_dinas", "bupati"
DISTRICT = 6
QUEUE = """
SELECT w.queue_area FROM waiting AS w
WHERE w.programme = %(programme)s AND w.queue = 'ranked' AND starts_with(%(near)s, w.queue_area)
LIMIT 1
"""
FEWER = (4, 2, 1)
"""How many a decree names: as many as there are places for."""
NOT_YET = 5
"""Families of the village who have not fetched their rice."""


# --- money ----------------------------------------------------------------------------------------


def payment(cast: Cast) -> None:
    """The last time that was paid for: signed, sent out, its results in but for some; and the next
    one, which the verifier looks at."""
    said = words()["distribution"]
    programme, home = said["programme"], cast.post(CLERK).area
    times = [
        (start, end, f"{said['called']} {n} {year}")
        for year in (cast.today.year - 1, cast.today.year)
        for n, (start, end) in enumerate(rounds.periods(programme, year), start=1)
    ]
    done = [one for one in times if one[1] < cast.today]
    now = [one for one in times if one[0] <= cast.today <= one[1]]
    for n, (start, end, called) in enumerate((*done[-1:], *now[:1])):
        with cast.acting(CLERK, 12 - n) as by:
            round_ = rounds.prepare(
                programme=programme,
                area=home,
                start=start,
                end=end,
                called=called,
                by=by,
            )
        if not Row.objects.filter(round=round_, state=Row.PAY).exists():
            continue
        cast.take(round_.item, "ask", CLERK, 11 - n)
        if n == 0:
            _paid(cast, round_)


def _paid(cast: Cast, round_: Any) -> None:
    cast.take(round_.item, "check", VERIFIER, 10)
    cast.take(round_.item, "sign", HEAD, 9)
    with cast.acting(CLERK, 9) as by:
        sent = payment_file(round_.__class__.objects.get(pk=round_.pk), by=by)
    if round_.item.__class__.objects.get(pk=round_.item_id).state == "signed":
        cast.take(round_.item, "send", CLERK, 9)
    with cast.acting(CLERK, 2) as by:
        now = round_.__class__.objects.get(pk=round_.pk)
        results.take_in(now, "hasil.csv", _answers(sent.decode(), cast.ago(4)), by=by)


def _answers(sent: str, day: date) -> bytes:
    """What who pays sends back: most arrived, some did not, some are not told of."""
    names = {one.holds: one.name for one in layout().back}
    goes = {one.holds: one.name for one in layout().out}
    came = {code: word for word, code in layout().status.items()}
    failed = next(iter(layout().failure))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(names.values()))
    writer.writeheader()
    for n, line in enumerate(csv.DictReader(io.StringIO(sent)), start=1):
        if n % 15 == 0:
            continue
        well = n % 20 != 0
        said = {
            "code": line[goes["code"]],
            "amount": line[goes["amount"]],
            "status": came["paid" if well else "failed"],
            "paid_on": day.isoformat() if well else "",
            "failure": "" if well else failed,
        }
        writer.writerow({names[key]: value for key, value in said.items() if key in names})
    return out.getvalue().encode()


# --- a decree, and goods --------------------------------------------------------------------------


def decree(cast: Cast) -> None:
    """Places of a local programme wait to be confirmed; a decree waits to be checked."""
    said = words()["distribution"]
    with cast.acting(CLERK, 4) as by:
        quotas.write_down(
            programme=said["local"],
            area=by.area or "",
            year=cast.today.year,
            places=said["rice_places"],
            document=said["quota_paper"],
            by=by,
        )
    for many in FEWER:
        try:
            with transaction.atomic():
                act = _drawn(cast, said["local"], many, 4)
                cast.take(act.item, "ask", CLERK, 3)
            return
        except Over:
            continue
    raise NoneFits("no place is free")


def _drawn(cast: Cast, programme: str, many: int, ago: int) -> Any:
    with cast.acting(CLERK, ago) as by:
        return determinations.draw_up(
            programme=programme,
            area=_queue_of(programme, cast.near),
            many=many,
            start=cast.today.replace(day=1),
            end=None,
            by=by,
        )


def _queue_of(programme: str, near: str) -> str:
    """The area whose queue a village belongs to."""
    found = value(QUEUE, {"programme": programme, "near": near})
    if found is None:
        raise NoneFits(f"nobody waits for {programme} here")
    return str(found)


def rice(cast: Cast) -> None:
    """Places, decree, list, goods in the village, receipts, and a complaint."""
    said = words()["distribution"]
    if said["rice"] not in book().policy.programmes:
        raise NoneFits("the rules of this office have no rice round")
    with cast.acting(CLERK, 14) as by:
        quota = quotas.write_down(
            programme=said["rice"],
            area=cast.near[:DISTRICT],
            year=cast.today.year,
            places=said["rice_places"],
            document=said["quota_paper"],
            by=by,
        )
    cast.take(quota.item, "confirm", HEAD, 13)
    act = _drawn(cast, said["rice"], said["rice_many"], 12)
    cast.take(act.item, "ask", CLERK, 12)
    cast.take(act.item, "check", VERIFIER, 11)
    cast.take(act.item, "sign", MAYOR, 10, document=said["decree"])
    round_ = _rice_round(cast)
    _handed(cast, round_)


def _rice_round(cast: Cast) -> Any:
    said = words()["distribution"]
    start = cast.today.replace(day=1)
    end = start.replace(day=monthrange(start.year, start.month)[1])
    with cast.acting(CLERK, 8) as by:
        round_ = rounds.prepare(
            programme=said["rice"],
            area=by.area or "",
            start=start,
            end=end,
            called=said["rice_called"],
            each=Decimal(said["rice_each"]),
            unit=said["rice_unit"],
            what=said["rice_what"],
            by=by,
        )
    for step, role in (("ask", CLERK), ("check", VERIFIER), ("sign", HEAD), ("send", CLERK)):
        cast.take(round_.item, step, role, 7)
    return round_


def _handed(cast: Cast, round_: Any) -> None:
    """In the first village of the list where there is an operator: all came, most were fetched."""
    said = words()["distribution"]
    with cast.acting(VILLAGE) as by:
        here = list(Row.objects.filter(round=round_, state=Row.PAY, area=by.area).order_by("n"))
        if not here:
            raise NoneFits("nobody of the operator's village receives rice")
        now = round_.__class__.objects.get(pk=round_.pk)
        goods.store(
            now,
            area=by.area or "",
            way="in",
            quantity=Decimal(said["rice_each"] * len(here)),
            document=said["waybill"],
            on_day=cast.ago(1),
            by=by,
        )
        for row in islice(here, max(len(here) - NOT_YET, 1)):
            goods.hand_over(row, to="head", on_day=cast.today, by=by)
        complaint = complaints.lodge(
            programme=said["rice"],
            area=by.area or "",
            what=said["complaint"],
            said=said["complaint_words"],
            family_id=here[0].family_id,
            round_=now,
            row=here[0],
            by=by,
        )
    cast.take(complaint.item, "check", VERIFIER, reason=said["found"])


PARTS: Mapping[str, Callable[[Cast], None]] = {
    "payment": payment,
    "decree": decree,
    "rice": rice,
}
