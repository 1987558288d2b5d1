"""Mesuji's rice round whole: rule, places, queue, decree, list, goods, receipts, complaint.

By the guide's own overlay, on a register that was run with it; everybody presses the buttons of
their own pages, each with their own account.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from at_programmes import HEAD, OPERATOR, REGENT, VERIFIER, acting

from tangga.web.today import pretend

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
RULE = ROOT / "docs" / "guides" / "example" / "local" / "programmes" / "food_reserve.toml"
RICE, PLACE = "food_reserve", "181105"
DAY = date(2026, 2, 10)


@pytest.fixture(scope="module")
def mesuji(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of invented people with Mesuji's own rule, run once."""
    from tangga.cli.demo_ladder import set_cap_in_force
    from tangga.engine.run import run_workspace
    from tangga.synthetic import generate

    workspace = tmp_path_factory.mktemp("mesuji") / "workspace"
    generate(1500, 1, workspace, ("1811", "1771"))
    set_cap_in_force(workspace)
    local = workspace / "local" / "programmes"
    local.mkdir(parents=True, exist_ok=True)
    shutil.copy(RULE, local)
    run_workspace(workspace, full=True)
    return workspace


@pytest.fixture
def rice(fresh_web: Any, mesuji: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The service of that office: its release in force, its rules read."""
    from django.conf import settings
    from releases import release_of

    from tangga.web.policy import book
    from tangga.web.register.commands import approve_release, load_release

    approve_release(load_release(release_of(mesuji), by="loader").number, by="approver")
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, workspace=str(mesuji)))
    book.book.cache_clear()
    with pretend(DAY):
        yield fresh_web
    book.book.cache_clear()


class Office:
    """Everybody's browser."""

    def __init__(self, web: Any) -> None:
        self.web = web

    def get(self, who: tuple[str, str], path: str) -> str:
        answer = self.web.client(*who).get(path)
        assert answer.status_code == 200, (path, who, answer.status_code)
        return str(answer.content.decode())

    def post(self, who: tuple[str, str], path: str, **said: Any) -> tuple[str, str]:
        """(where it led, what it says there)."""
        answer = self.web.client(*who).post(path, said, follow=True)
        text = str(answer.content.decode())
        assert answer.status_code == 200 and "notice error" not in text, text[:3000]
        return (answer.redirect_chain or [(path, 0)])[-1][0], text

    def step(self, who: tuple[str, str], page: str, name: str, **said: str) -> str:
        """Press the button of a step on a page, as it was shown."""
        text = self.get(who, page)
        assert f'value="{name}"' in text, (name, page)
        version = re.search(r'name="versi" value="([0-9]+)"', text)
        action = re.search(r'action="(/tugas/[^"]+/langkah/)"', text)
        assert version is not None and action is not None
        return self.post(who, action[1], versi=version[1], langkah=name, **said)[1]


def test_mesujis_rice_round_whole(rice: Any) -> None:
    office = Office(rice)
    _rule_and_queue(office)
    _determined(office)
    page, round_, rows = _listed(office)
    came, absent = _handed_over(office, round_, rows)
    _complained(office, came[-1])
    _closed(office, page, len(came), len(absent))


def _rule_and_queue(office: Office) -> None:
    """What the regency wrote, in the order it wrote; places by a document, confirmed by another."""
    text = office.get(OPERATOR, f"/program/{RICE}/")
    assert "Beras 10 kg per keluarga per putaran" in text and "Bupati atau wali kota" in text
    queue = office.get(OPERATOR, f"/program/{RICE}/antrean/{PLACE}/")
    assert "Urutannya terbuka: kelompok yang dilindungi dahulu, desil resmi" in queue
    office.get(OPERATOR, f"/program/{RICE}/antrean/{PLACE}/?antrean=unknown_rank")
    said = {"area": PLACE, "year": 2026, "places": 6, "document": "SK Bupati 12/2026"}
    quota, _ = office.post(OPERATOR, f"/program/{RICE}/kuota-baru/", **said)
    office.step(HEAD, quota, "confirm")


def _determined(office: Office) -> None:
    """The decree: the first five of the queue, signed; a sixth out of order needs two."""
    from tangga.web.papers.models import Paper
    from tangga.web.programmes.models import Determination

    said = {"area": PLACE, "many": 5, "start": "2026-02-01", "end": "2027-01-01"}
    act, _ = office.post(OPERATOR, f"/program/{RICE}/penetapan-baru/", **said)
    office.step(OPERATOR, act, "ask")
    office.step(VERIFIER, act, "check")
    office.step(REGENT, act, "sign", dokumen="Perbup 3/2026")
    with acting(office.web, *OPERATOR):
        decree = Determination.objects.get()
        paper = Paper.objects.get(item_id=decree.pk)
        assert (decree.state, paper.rows, paper.number) == ("determined", 5, decree.paper)
    assert decree.paper in office.get(REGENT, act)
    assert "5" in office.get(OPERATOR, f"/program/{RICE}/")


def _listed(office: Office) -> tuple[str, Any, list[Any]]:
    """The round: ten kilograms each, three hands, then goods. Its page, and who is to get it."""
    from tangga.web.programmes.models import Round, Row

    said = {"area": "1811", "called": "Putaran Februari", "start": "2026-02-01"}
    said |= {"end": "2026-02-28", "what": "beras", "each": "10", "unit": "kg"}
    page, _ = office.post(OPERATOR, f"/program/{RICE}/tahap-baru/", **said)
    office.step(OPERATOR, page, "ask")
    office.step(VERIFIER, page, "check")
    office.step(HEAD, page, "sign")
    office.step(OPERATOR, page, "send")
    with acting(office.web, *OPERATOR):
        round_ = Round.objects.get()
        rows = list(Row.objects.filter(round=round_, state=Row.PAY).order_by("n"))
    assert (round_.payees, round_.total) == (5, 50)
    assert len({row.area for row in rows}) == 1, "the five are of one village"
    return page, round_, rows


def _handed_over(office: Office, round_: Any, rows: list[Any]) -> tuple[list[Any], list[Any]]:
    """Goods come to the village, families sign; nobody twice. Two do not come: their rice goes back
    to the store. Who came, and who did not."""
    from tangga.web.papers.models import Paper

    village, came, absent = rows[0].area, rows[:-2], rows[-2:]
    worker = ("operator_desa", village)
    hall = f"/program/tahap/{round_.pk}/serah/?desa={village}"
    move = f"/program/tahap/{round_.pk}/gudang/{village}/"
    said = {"way": "in", "quantity": 10 * len(rows), "document": "Surat jalan 7"}
    office.post(worker, move, on_day="2026-02-10", **said)
    assert "Tanda tangan" in office.get(worker, f"{hall}&cetak=ya")
    for row in came[:-1]:
        hand = f"/program/baris/{row.pk}/serahkan/"
        office.post(worker, hand, kepada="head", tanggal="2026-02-10")
    last = came[-1]
    hand = f"/program/baris/{last.pk}/serahkan/"
    said = {"kepada": "proxy", "nama": "Sari", "surat": "Kuasa 2/2026", "tanggal": "2026-02-10"}
    office.post(worker, hand, **said)
    answer = office.web.client(*worker).post(hand, {"kepada": "head"}, follow=True)
    assert "Tidak dapat diserahkan" in answer.content.decode()
    text = office.get(worker, f"{hall}&lihat=sudah")
    assert last.code in text and "Sari" in text
    said = {"way": "back", "quantity": 10 * len(absent), "document": "Surat kembali 3"}
    office.post(worker, move, on_day="2026-02-10", **said)
    said = {"tanggal": "2026-02-10", "tempat": "Balai desa"}
    where, _ = office.post(worker, f"/program/tahap/{round_.pk}/berita-acara/{village}/", **said)
    with acting(office.web, *worker):
        minutes = Paper.objects.get(kind="serah_terima")
        assert (minutes.rows, where) == (len(rows), f"/surat/{minutes.pk}/")
    return came, absent


def _complained(office: Office, row: Any) -> None:
    """Too little. Checked by another, answered, told."""
    from tangga.web.programmes.models import Complaint

    worker = ("operator_desa", row.area)
    said = {"programme": RICE, "what": "too_little", "said": "Hanya delapan kilo", "code": row.code}
    complaint, _ = office.post(worker, f"/program/pengaduan/baru/?baris={row.code}", **said)
    office.step(VERIFIER, complaint, "check", alasan="Ditimbang ulang: 8,2 kg")
    office.step(HEAD, complaint, "answer", alasan="Kekurangan 1,8 kg diganti 12 Februari")
    with acting(office.web, *OPERATOR):
        assert Complaint.objects.get().item.state == "answered"


def _closed(office: Office, page: str, came: int, absent: int) -> None:
    """The end: it adds up, is closed with a reason, and goes back to the engine as deliveries."""
    from tangga.web.programmes.export import exported

    text = office.get(OPERATOR, page)
    assert f"{absent} keluarga belum menerima" in text and 'value="settle"' not in text
    text = office.step(OPERATOR, page, "settle_open", alasan="dua keluarga tidak datang")
    assert "Ditutup, masih ada yang terbuka" in text
    ((_, columns, given),) = exported()
    status = columns.index("status")
    assert sorted(row[status] for row in given) == ["failed"] * absent + ["paid"] * came
    assert len(given) == 5
    assert json.dumps([str(one) for one in given[0]])
