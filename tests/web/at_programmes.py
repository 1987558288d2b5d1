"""Acting on programmes in tests: a viewer's transaction, a round through its three hands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from tangga.web.today import today

REGENCY = "1811"
OPERATOR, VERIFIER, HEAD, REGENT = (
    ("operator_kabkota", REGENCY),
    ("verifikator_kabkota", REGENCY),
    ("kepala_dinas", REGENCY),
    ("bupati", REGENCY),
)
Q1, Q2 = (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30))


@contextmanager
def acting(web: Any, role: str, area: str, **more: Any) -> Iterator[Any]:
    """The viewer, in a transaction with their rights."""
    from django.db import transaction

    from tangga.web.database import scope
    from tangga.web.viewer import open_for, posts_in_force, viewer_of

    user = web.user(role, area, **more)
    with transaction.atomic():
        scope.close()
        viewer = viewer_of(user, posts_in_force(user.pk)[0])
        open_for(viewer)
        yield viewer


def step(web: Any, item: Any, name: str, who: tuple[str, str], **more: Any) -> Any:
    """A step of an item, by a role, as the item stands now."""
    from tangga.web.work.actions import take
    from tangga.web.work.models import Item

    with acting(web, *who) as viewer:
        now = Item.objects.get(pk=item.pk)
        return take(now, name, by=viewer, version=now.version, **more)


def prepared(web: Any, programme: str, time: tuple[date, date], **more: Any) -> Any:
    """A round that the operator has worked out."""
    from tangga.web.programmes.rounds import prepare

    with acting(web, *OPERATOR) as viewer:
        return prepare(
            programme=programme,
            area=REGENCY,
            start=time[0],
            end=time[1],
            called=f"Tahap {time[0]:%m}",
            by=viewer,
            **more,
        )


def signed(web: Any, programme: str, time: tuple[date, date], **more: Any) -> Any:
    """A round that went through all three hands."""
    from tangga.web.programmes.models import Round

    round_ = prepared(web, programme, time, **more)
    for name, who in (("ask", OPERATOR), ("check", VERIFIER), ("sign", HEAD)):
        step(web, round_.item, name, who)
    with acting(web, *OPERATOR):
        return Round.objects.get(pk=round_.pk)


def rows_of(web: Any, round_: Any, *states: str) -> list[Any]:
    """The rows of a round in some states."""
    from tangga.web.programmes.models import Row

    with acting(web, *OPERATOR):
        return list(Row.objects.filter(round=round_, state__in=states).order_by("n"))


def sent_out(web: Any, round_: Any) -> list[dict[str, str]]:
    """The payment file, as who pays reads it."""
    from tangga.web.programmes.payment_file import payment_file

    with acting(web, *OPERATOR) as viewer:
        content = payment_file(round_, by=viewer)
    return list(csv.DictReader(io.StringIO(content.decode())))


def came_back(web: Any, round_: Any, lines: list[dict[str, Any]], name: str = "hasil.csv") -> Any:
    """A file of results with these lines."""
    from tangga.web.programmes.results import take_in

    out = io.StringIO()
    writer = csv.DictWriter(out, ["ID_SALUR", "JUMLAH", "TANGGAL", "STATUS", "SEBAB"])
    writer.writeheader()
    writer.writerows(lines)
    with acting(web, *OPERATOR) as viewer:
        return take_in(round_, name, out.getvalue().encode(), by=viewer)


def result(line: dict[str, str], status: str = "TERSALUR", **more: Any) -> dict[str, Any]:
    """What became of a line of the payment file."""
    return {
        "ID_SALUR": line["ID_SALUR"],
        "JUMLAH": line["JUMLAH"],
        "TANGGAL": today().isoformat() if status == "TERSALUR" else "",
        "STATUS": status,
        "SEBAB": "",
        **more,
    }


def a_matter(viewer: Any, family_id: str, area: str) -> Any:
    """Some item by which support changes: a bare one, of a kind without an effect here."""
    from tangga.web.today import today
    from tangga.web.work.models import Item

    made = Item.objects.count() + 1
    return Item.objects.create(
        number=f"UJI/{area[:4]}/{made:06d}",
        kind="round",
        area=area,
        state="draft",
        family_id=family_id,
        by=viewer.user,
        opened_on=today(),
    )
