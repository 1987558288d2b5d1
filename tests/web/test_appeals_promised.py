"""What a ticket promises is what happens, and one page does not say two things."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from public_people import Somebody, forget_tries, of_programme
from test_appeals import DAY, lodge, newest, request_for, step

from tangga.texts import long_date


@pytest.fixture(autouse=True)
def _a_day(web: Any) -> Iterator[None]:
    from tangga.web.today import pretend

    forget_tries(web)
    with pretend(DAY):
        yield


@pytest.fixture
def family(web: Any) -> Somebody:
    return next(one for one in of_programme(web, "pkh", most=9) if one.area.startswith("1811"))


def public(web: Any, item: dict[str, Any]) -> str:
    from tangga.web.appeals.tickets import digits_of
    from tangga.web.work.models import Item

    said = {"nomor": item["number"], "angka": digits_of(Item(pk=item["id"]))}
    answer = web.client().post("/cek/tiket/", said)
    assert answer.status_code == 200
    return str(answer.content.decode())


def pages(web: Any, item: dict[str, Any]) -> list[str]:
    """The public ticket, the matter, and the slip of the counter."""
    client = web.client("operator_kabkota", "1811")
    own = [f"/keberatan/{item['id']}/", f"/keberatan/{item['id']}/tiket/"]
    return [public(web, item), *(client.get(one).content.decode() for one in own)]


def test_once_it_has_gone_up_it_is_not_said_to_go_up(web: Any, family: Somebody) -> None:
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    item = lodge(web, family, subject="programme:pip")
    promised = long_date(DAY + timedelta(days=14), "id")
    for text in pages(web, item):
        assert "naik ke dinas sosial provinsi" in text
        assert promised in text
    with pretend(DAY + timedelta(days=8)):
        overdue()
        for text in pages(web, item):
            assert "naik ke dinas sosial provinsi" not in text
        told = public(web, item)
        assert "Terlambat dijawab" in told
        assert promised not in told
        assert long_date(DAY + timedelta(days=22), "id") in told


def test_a_request_that_the_village_answered_does_not_go_up(web: Any, family: Somebody) -> None:
    item = request_for(web, family, "other")
    assert "naik ke dinas sosial kabupaten/kota" in public(web, item)
    step(web, "kepala_desa", family.area, item, "support", dokumen="BA/1/2026")
    assert newest(web, "request")["state"] == "supported"
    assert "naik ke dinas sosial kabupaten/kota" not in public(web, item)
