"""The pages of the ladder, as each role uses them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from climbing import Climb, graduable, plain_rules
from families import page

from tangga.web.today import pretend

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def climb(web: Any, workspace: Any) -> Any:
    yield from plain_rules(web, workspace)


def client(climb: Climb, role: str, area: str, **more: Any) -> Any:
    """Logged in; more: of the post."""
    from django.test import Client
    from users import log_in

    with climb.acting(role, area, **more):
        pass
    found = Client()
    log_in(found, climb.web.made[(role, area, *more.items())])
    return found


def text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def version(html: str) -> str:
    found = re.search(r'name="versi" value="(\d+)"', html)
    assert found
    return found[1]


def test_lists_and_doors(climb: Climb) -> None:
    boss = client(climb, "kepala_dinas", "1811")
    home = text(boss.get("/tangga/"))
    for part in ("graduasi", "batas", "rencana", "pencegahan", "lulus", "kelompok", "potensi"):
        assert f"/tangga/{part}/" in home
        text(boss.get(f"/tangga/{part}/"))
    assert boss.get("/tangga/lainnya/").status_code == 404
    assert client(climb, "bupati", "1811").get("/tangga/").status_code == 403


def test_a_graduation_page_by_page(climb: Climb) -> None:
    from tangga.web.overlay.models import Event
    from tangga.web.work import clock_job
    from tangga.web.work.models import Item

    family = graduable(climb, support=True)
    id_, area = family["family_id"], family["area"]
    worker = client(climb, "pendamping_pkh", area[:6], worker="PDP-UJI")
    with pretend(DAY):
        candidates = text(worker.get("/tangga/graduasi/"))
        assert f"/tangga/keluarga/{id_}/" in candidates and "7 dari 7" in candidates
        own = text(worker.get(f"/tangga/keluarga/{id_}/"))
        assert "Usulkan graduasi" in own and "Bebas tahun ini" in own
        answer = worker.post(f"/tangga/keluarga/{id_}/graduation/", {"alasan": "sudah mampu"})
        item = Item.objects.get(family_id=id_, kind="graduation")
        where = f"/tangga/langkah/{item.pk}/"
        assert answer["Location"] == where
        # The proposer has no step to check it, and nobody can take it without the version.
        assert "Semua syarat sudah diperiksa" not in text(worker.get(where))
        other = client(climb, "koordinator_pkh", area[:4])
        assert "Semua syarat sudah diperiksa" in text(other.get(where))
        other.post(where, {"langkah": "check", "versi": "99"})
        item.refresh_from_db()
        assert item.state == "proposed"
        other.post(where, {"langkah": "check", "versi": version(text(other.get(where)))})
        boss = client(climb, "kepala_dinas", area[:4])
        assert "Tetapkan dengan berita acara" in text(boss.get(where))
        boss.post(where, {"langkah": "decide", "versi": version(text(boss.get(where)))})
        item.refresh_from_db()
        assert item.state == "notified"
        assert "BA-GRAD" in text(boss.get(where))
    with pretend(DAY + timedelta(days=14)):
        clock_job.overdue()
        done = text(boss.get(where))
        assert "Lulus" in done and "Akibat keputusan ini" in done
        assert "Lulus" in page(boss, id_) and item.number in page(boss, id_)
        assert id_ in text(boss.get("/tangga/lulus/"))
        assert Event.objects.get(item=item).worker == "PDP-UJI"
    # A neighbour sees nothing of it.
    away = client(climb, "kepala_dinas", "1771" if area.startswith("1811") else "1811")
    assert away.get(where).status_code == 404
    assert away.get(f"/tangga/keluarga/{id_}/").status_code == 404


def test_who_may_not_begin(climb: Climb) -> None:
    from tangga.web.work.models import Item

    family = graduable(climb)
    id_, area = family["family_id"], family["area"]
    with pretend(DAY):
        for role in ("kepala_dinas", "operator_desa", "verifikator_kabkota"):
            level = area if role == "operator_desa" else area[:4]
            answer = client(climb, role, level).post(f"/tangga/keluarga/{id_}/graduation/")
            assert answer.status_code == 403
        worker = client(climb, "pendamping_pkh", area[:6], worker="PDP-UJI")
        assert worker.post(f"/tangga/keluarga/{id_}/sulap/").status_code == 404
        # Without a reason it is refused, in words, and nothing is there.
        worker.post(f"/tangga/keluarga/{id_}/graduation/", {"alasan": " "})
        assert not Item.objects.filter(family_id=id_, kind="graduation").exists()
        script = "<script>alert(1)</script>"
        worker.post(f"/tangga/keluarga/{id_}/graduation/", {"alasan": script})
        item = Item.objects.get(family_id=id_, kind="graduation")
        assert script not in text(worker.get(f"/tangga/langkah/{item.pk}/"))


def test_evidence_is_kept_and_disguises_are_not(climb: Climb) -> None:
    import io

    from PIL import Image

    from tangga.web.work.models import Evidence, Item

    family = graduable(climb)
    id_, area = family["family_id"], family["area"]
    with pretend(DAY):
        worker = client(climb, "pendamping_pkh", area[:6], worker="PDP-UJI")
        worker.post(f"/tangga/keluarga/{id_}/graduation/", {"alasan": "uji"})
        item = Item.objects.get(family_id=id_, kind="graduation")
        where = f"/tangga/langkah/{item.pk}/"
        photo = io.BytesIO()
        Image.new("RGB", (40, 30), "green").save(photo, "JPEG")
        photo.seek(0)
        photo.name = "pernyataan.jpg"
        worker.post(where, {"berkas": photo, "jenis": "photo", "tanggal": "2026-03-01"})
        assert Evidence.objects.filter(item=item).count() == 1
        wrong = io.BytesIO(b"MZ" + b"\0" * 100)
        wrong.name = "foto.jpg"
        worker.post(where, {"berkas": wrong, "jenis": "photo"})
        assert Evidence.objects.filter(item=item).count() == 1


def test_a_group_page_by_page(climb: Climb) -> None:
    from test_climb_kube import district_of, fitting

    from tangga.web.journeys.climb.models import Asset, Group, Member, Potential

    district = district_of(climb)
    families = fitting(climb, district, 5)
    with pretend(DAY):
        worker = client(climb, "pendamping_pkh", district, worker="PDP-UJI")
        text(worker.get("/tangga/potensi/"))
        said = {"kind": "buyer", "name": "Pabrik tapioka", "area": district, "source": "Dinas"}
        worker.post("/tangga/potensi/", {**said, "on_date": "2026-02-01", "business": "food_crops"})
        potential = Potential.objects.get(name="Pabrik tapioka")
        worker.post(
            "/tangga/kelompok/baru/",
            {"name": "KUBE Mawar", "area": district, "potential": str(potential.pk)},
        )
        group = Group.objects.get(name="KUBE Mawar")
        where = f"/tangga/kelompok/{group.pk}/"
        roles = ("chair", "secretary", "treasurer", "member", "member")
        for family, role in zip(families, roles, strict=True):
            v = version(text(worker.get(where)))
            worker.post(
                f"{where}anggota/", {"family_id": family["family_id"], "role": role, "versi": v}
            )
        assert Member.objects.filter(group=group).count() == 5
        html = text(worker.get(where))
        assert "Bentuk dengan berita acara" in html
        worker.post(f"/tugas/{group.pk}/langkah/", {"langkah": "form", "versi": version(html)})
        group.refresh_from_db()
        assert group.formed_on == DAY
        v = version(text(worker.get(where)))
        worker.post(f"{where}rekening/", {"number": "123456789", "bank": "BRI", "versi": v})
        html = text(worker.get(where))
        assert "123456789" not in html and "6789" in html
        worker.post(
            f"{where}aset/",
            {
                "name": "Gerobak",
                "got_on": "2026-03-01",
                "document": "BAST/1",
                "versi": version(html),
            },
        )
        assert Asset.objects.filter(group=group).count() == 1
        assert "KUBE Mawar" in text(worker.get("/tangga/kelompok/"))
        # A forged version changes nothing.
        worker.post(
            f"{where}aset/", {**said, "got_on": "2026-03-01", "document": "X", "versi": "1"}
        )
        assert Asset.objects.filter(group=group).count() == 1
        member = Member.objects.get(
            group=group, role="member", person_id=families[4]["head_person_id"]
        )
        v = version(text(worker.get(where)))
        worker.post(f"{where}keluar/", {"id": str(member.pk), "why": "left", "versi": v})
        member.refresh_from_db()
        assert member.left_on == DAY
        own = text(worker.get(f"/keluarga/{families[0]['family_id']}/"))
        assert "KUBE Mawar" in own


def test_a_place_page_by_page(climb: Climb) -> None:
    from test_climb_kube import district_of, fitting

    from tangga.web.work.models import Item

    (family,) = fitting(climb, district_of(climb), 1)
    id_, who = family["family_id"], family["head_person_id"]
    with pretend(DAY):
        worker = client(climb, "pendamping_pkh", family["area"][:6], worker="PDP-UJI")
        form = text(worker.get(f"/tangga/keluarga/{id_}/tempat/"))
        assert "Pelatihan keterampilan" in form
        # A training is for a person.
        wrong = text(
            worker.post(f"/tangga/keluarga/{id_}/tempat/", {"programme": "training", "reason": "x"})
        )
        assert "perorangan" in wrong
        worker.post(
            f"/tangga/keluarga/{id_}/tempat/",
            {"programme": "training", "person_id": who, "reason": "ingin berlatih"},
        )
        item = Item.objects.get(family_id=id_, kind="placement")
        where = f"/tangga/tempat/{item.pk}/"
        for role, step, more in (
            ("verifikator_kabkota", "check", {}),
            ("kepala_dinas", "determine", {"dokumen": "SK/4"}),
        ):
            acting = client(climb, role, family["area"][:4])
            v = version(text(acting.get(where)))
            acting.post(where, {"langkah": step, "versi": v, **more})
        v = version(text(worker.get(where)))
        worker.post(where, {"langkah": "start", "versi": v})
        html = text(worker.get(where))
        assert "bulan ke-3" in html
        worker.post(
            where,
            {
                "langkah": "record",
                "month": "0",
                "amount": "500000",
                "on": "2026-03-02",
                "versi": version(html),
            },
        )
        assert "Rp500.000" in text(worker.get(where))
