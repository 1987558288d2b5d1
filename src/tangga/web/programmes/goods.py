"""Rounds in kind: what came to a place, what was handed over against a receipt, what is left.

    hand_over(row, to="head", on_day=day, by=viewer)      # -> Delivery, with its receipt
    store(round_, area=village, way="in", quantity=..., document=..., on_day=..., by=viewer)

In each place: came in = handed over + taken back + lost + left. Nothing can be handed over that did
not come, and nobody gets it twice: the database holds one receipt a family and round.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from tangga.texts import long_date
from tangga.web.audit.actions import record
from tangga.web.database.rows import value
from tangga.web.pack import area_name
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.programmes.bnba import place as place_of
from tangga.web.programmes.models import Delivery, Round, Row, Store
from tangga.web.programmes.refusals import NotDelivered, NotNow, TooMuch
from tangga.web.programmes.who import who
from tangga.web.secrets import seal, unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.refusals import Lacking, NotYours

PAPER = "serah_terima"
HEAD, MEMBER, PROXY = "head", "member", "proxy"
TO = (HEAD, MEMBER, PROXY)
LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s))"
NOBODY = '{"name": "", "document": ""}'
"""Who took goods, once retention has emptied it."""


@dataclass(frozen=True)
class Balance:
    """Of one place, in the round's unit: came in, handed over, taken back, lost; and what is left.

    families, served: on the list there, and those who have theirs.
    """

    area: str
    came: Decimal
    handed: Decimal
    back: Decimal
    lost: Decimal
    families: int
    served: int

    @property
    def left(self) -> Decimal:
        """What should still lie there."""
        return self.came - self.handed - self.back - self.lost


def _open(of: Round) -> None:
    """NotNow unless goods of this round are being handed over."""
    if not of.goods or of.frozen_at is None or of.state != "sent":
        raise NotNow(number=number_of(of))


def number_of(of: Round) -> str:
    """The round's number, as its rows tell it: its item is not everybody's to see."""
    code = Row.objects.filter(round=of).values_list("code", flat=True).first()
    return code.rsplit("-", 1)[0] if code else of.called


@transaction.atomic
def store(
    of: Round,
    *,
    area: str,
    way: str,
    quantity: Decimal,
    document: str,
    on_day: date,
    by: Viewer,
) -> Store:
    """Goods came to a place (in), went back to the store, or were lost there. TooMuch: more leaves
    than lies there."""
    by.require("deliver")
    _open(of)
    if not by.covers(area) or not area.startswith(of.area):
        raise NotYours(verb="deliver")
    if not document.strip():
        raise Lacking(needs="document", step="store")
    _alone(of, area)
    if way != Store.IN and quantity > balance(of, area).left:
        raise TooMuch(left=balance(of, area).left, unit=of.unit)
    made = Store.objects.create(
        round=of,
        area=area,
        way=way,
        quantity=quantity,
        document=document.strip()[:200],
        on_day=on_day,
        by=by.user,
        called=by.user.called,
    )
    about = {"round": str(of.pk), "way": way, "quantity": str(quantity)}
    record("goods_moved", by=by, area=area, about=about)
    return made


@transaction.atomic
def hand_over(
    row: Row,
    *,
    to: str,
    on_day: date,
    by: Viewer,
    taker: str = "",
    document: str = "",
    person_id: str = "",
) -> Delivery:
    """Goods of one row, handed to the family: to the head, a member, or a proxy with a letter.

    NotDelivered: the row is not to be served, or was already. TooMuch: no goods are left there.
    """
    by.require("deliver")
    of = row.round
    _open(of)
    if row.state != Row.PAY or to not in TO or on_day > today():
        raise NotDelivered()
    if to == PROXY and not (taker.strip() and document.strip()):
        raise Lacking(needs="document", step="deliver")
    _alone(of, row.area)
    if Delivery.objects.filter(row=row, undone_at=None).exists():
        raise NotDelivered()
    quantity, left = of.each or Decimal(0), balance(of, row.area).left
    if left < quantity:
        raise TooMuch(left=left, unit=of.unit)
    told = {"name": taker.strip() or who(row).head, "document": document.strip()[:200]}
    made = _kept(row, to, quantity, told, on_day, person_id, by)
    about = {"receipt": made.receipt, "quantity": str(quantity)}
    record("goods_delivered", by=by, family_id=row.family_id, area=row.area, about=about)
    return made


def _kept(
    row: Row,
    to: str,
    quantity: Decimal,
    told: dict[str, str],
    on_day: date,
    person_id: str,
    by: Viewer,
) -> Delivery:
    """The receipt; NotDelivered where the database has one of this family already."""
    try:
        with transaction.atomic():
            return Delivery.objects.create(
                round=row.round,
                row=row,
                area=row.area,
                receipt=_receipt(row),
                quantity=quantity,
                on_day=on_day,
                to=to,
                taker=seal(json.dumps(told, ensure_ascii=False)),
                person_id=person_id,
                by=by.user,
                called=by.user.called,
            )
    except IntegrityError:
        raise NotDelivered() from None


def _receipt(row: Row) -> str:
    """The row's code, and how manieth receipt of it this is."""
    before = Delivery.objects.filter(row=row).count()
    return row.code if not before else f"{row.code}-{before + 1}"


@transaction.atomic
def undo(delivery: Delivery, *, reason: str, by: Viewer) -> None:
    """A receipt that was written by mistake: it stays to be read, and holds no more."""
    by.require("deliver")
    _open(delivery.round)
    if not reason.strip():
        raise Lacking(needs="reason", step="undo")
    done = Delivery.objects.filter(pk=delivery.pk, undone_at=None).update(
        undone_at=timezone.now(), undone_by=by.user, undone_why=reason.strip()[:300]
    )
    if not done:
        raise NotDelivered()
    record(
        "goods_undone",
        by=by,
        family_id=delivery.row.family_id,
        area=delivery.area,
        reason=reason,
        about={"receipt": delivery.receipt},
    )


def taker_of(delivery: Delivery) -> dict[str, str]:
    """Who took the goods: name, and the letter of a proxy."""
    return dict(json.loads(unseal(delivery.taker) or NOBODY))


def balance(of: Round, area: str) -> Balance:
    """What came to a place and what became of it."""
    return next(iter(balances(of, [area])), Balance(area, *(Decimal(0),) * 4, 0, 0))


def balances(of: Round, areas: Iterable[str] = ()) -> list[Balance]:
    """Of every place where families of the round live, or goods came: those the viewer sees."""
    wanted = list(areas)
    rows = Row.objects.filter(round=of, state=Row.PAY)
    moved = Store.objects.filter(round=of)
    handed = Delivery.objects.filter(round=of, undone_at=None)
    if wanted:
        rows, moved, handed = (one.filter(area__in=wanted) for one in (rows, moved, handed))
    families = dict(rows.order_by().values_list("area").annotate(Count("pk")))
    ways = {
        (area, way): quantity
        for area, way, quantity in moved.order_by()
        .values_list("area", "way")
        .annotate(Sum("quantity"))
    }
    given = {
        row["area"]: (row["given"], row["served"])
        for row in handed.order_by()
        .values("area")
        .annotate(given=Sum("quantity"), served=Count("pk"))
    }
    return [
        Balance(
            area,
            ways.get((area, Store.IN), Decimal(0)),
            given.get(area, (Decimal(0), 0))[0],
            ways.get((area, Store.BACK), Decimal(0)),
            ways.get((area, Store.LOST), Decimal(0)),
            families.get(area, 0),
            given.get(area, (Decimal(0), 0))[1],
        )
        for area in sorted({*families, *(area for area, _ in ways), *given})
    ]


def _alone(of: Round, area: str) -> None:
    """One at a time counts what is left in a place."""
    value(LOCK, [f"goods {of.pk} {area}"])


@transaction.atomic
def minutes(of: Round, area: str, *, on_day: date, at_place: str, by: Viewer) -> Paper:
    """The minutes of the handover in a place: its annex is the receipts, row by row."""
    by.require("deliver")
    if not by.covers(area):
        raise NotYours(verb="deliver")
    there = balance(of, area)
    rows = Row.objects.filter(round=of, state=Row.PAY, area=area).order_by("n")
    served = {
        one.row_id: one for one in Delivery.objects.filter(round=of, area=area, undone_at=None)
    }
    left = there.families - there.served
    about: dict[str, Any] = {
        "programme": book().label(of.programme, "id"),
        "round": of.called,
        "goods": of.what or book().label(of.programme, "id"),
        "unit": of.unit,
        "giver": by.user.called,
        "on_day": on_day,
        "at_place": at_place or area_name(area, "id"),
        "left_over": left,
    }
    if left:
        about["left_why"] = f"{left} keluarga belum datang mengambil"
    annex = [_minuted(of, row, served.get(row.pk)) for row in rows]
    return issue(PAPER, by=by, area=area, about=about, rows=annex)


def _minuted(of: Round, row: Row, delivery: Delivery | None) -> dict[str, Any]:
    named = who(row)
    took = taker_of(delivery) if delivery is not None else {}
    return {
        "family_id": row.family_id,
        "person_id": row.person_id,
        "name": named.head,
        "nik": named.nik,
        "place": place_of(row, named),
        "quantity": int(delivery.quantity) if delivery is not None else 0,
        "received_on": delivery.on_day if delivery is not None else None,
        "receiver": took.get("name", ""),
        "remark": row.code
        if delivery is not None
        else f"belum diterima per {long_date(today(), 'id')}",
    }
