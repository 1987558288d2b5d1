"""A family moves to another area: who keeps it, who takes it, what goes along."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from care import acting, tick
from families import ask, one, page

from tangga.web.today import pretend

DAY = date(2026, 3, 2)
OPERATOR, VERIFIER = "operator_kabkota", "verifikator_kabkota"
TO = "SELECT village FROM families WHERE area LIKE '1811%%' AND village IS NOT NULL LIMIT 1"
FROM = """
SELECT DISTINCT s.family_id, f.area FROM spells AS s JOIN families AS f USING (family_id)
WHERE f.area LIKE '1771%%' AND s.open AND s.programme = 'pkh' AND f.status = 'active'
AND f.member_count > 2 ORDER BY 1 OFFSET %s LIMIT 1
"""


def proposed(web: Any, nth: int) -> Any:
    from tangga.web.journeys.care import moves

    family_id = one(web, FROM, nth)["family_id"]
    with pretend(DAY), acting(web, OPERATOR, "1771") as viewer:
        return moves.propose(
            family_id=family_id,
            to_village=one(web, TO)["village"],
            moved_on=DAY - timedelta(days=3),
            consent=moves.Consent(DAY, "Surat persetujuan"),
            words="Ikut pekerjaan",
            document="SKPWNI 123",
            by=viewer,
        )


def take(
    web: Any, item: Any, step: str, role: str = VERIFIER, area: str = "1811", day: date = DAY
) -> Any:
    from tangga.web.work import actions

    with pretend(day), acting(web, role, area) as viewer:
        return actions.take(item, step, by=viewer, version=item.version, reason="Sudah dilihat")


def test_the_destination_accepts_and_serves_from_then_on(web: Any) -> None:
    from tangga.web.journeys.care import guests
    from tangga.web.journeys.care.refusals import Moved
    from tangga.web.programmes import spells

    item = proposed(web, 0)
    there = web.client(VERIFIER, "1811")
    assert there.get(f"/keluarga/{item.family_id}/").status_code == 404, "not theirs yet"
    with acting(web, OPERATOR, "1771") as viewer:
        guests.still_here(item.family_id, viewer)
        before = spells.running(family_id=item.family_id, on=DAY)
    assert before
    take(web, item, "accept")
    assert item.family_id in page(there, item.family_id)
    with acting(web, OPERATOR, "1771") as viewer, pytest.raises(Moved):
        guests.still_here(item.family_id, viewer)
    with acting(web, VERIFIER, "1811") as viewer:
        guests.still_here(item.family_id, viewer)
        assert guests.where(item.family_id) == item.other_area
    said = ask(
        web,
        "SELECT event, area, from_area, to_area FROM overlay_event WHERE item_id = %s ORDER BY at",
        item.pk,
    )
    assert [(row["event"], row["area"]) for row in said] == [
        ("move_in", item.other_area),
        ("move_out", item.area),
    ]


def test_only_the_destination_answers(web: Any) -> None:
    from tangga.web.work.refusals import NotYours

    item = proposed(web, 1)
    with pytest.raises(NotYours):
        take(web, item, "accept", area="1771")
    with acting(web, VERIFIER, "1771") as viewer:
        from tangga.web.work.queries import waiting

        assert not waiting(viewer, ["area_move"]).filter(pk=item.pk).exists()
    with acting(web, VERIFIER, "1811") as viewer:
        assert waiting(viewer, ["area_move"]).filter(pk=item.pk).exists()


def test_after_thirty_days_the_province_of_the_destination_decides(web: Any) -> None:
    from tangga.web.journeys.care import guests

    item = proposed(web, 2)
    for day in (DAY + timedelta(days=30), DAY + timedelta(days=31)):
        with pretend(day):
            tick(day)
        item.refresh_from_db()
        assert item.state == ("asked" if day == DAY + timedelta(days=30) else "with_province")
        with acting(web, OPERATOR, "1771") as viewer:
            guests.still_here(item.family_id, viewer)
    item = take(web, item, "place", "dinas_provinsi", "18", DAY + timedelta(days=32))
    assert item.state == "accepted"
    assert ask(web, "SELECT 1 FROM overlay_event WHERE item_id = %s", item.pk)


def test_a_refusal_goes_to_the_province_and_the_family_may_stay(web: Any) -> None:
    item = take(web, proposed(web, 3), "decline")
    item = take(web, item, "keep", "dinas_provinsi", "18")
    assert item.state == "stays"
    assert not ask(web, "SELECT 1 FROM overlay_event WHERE item_id = %s", item.pk)


def test_the_file_of_rehabilitation_goes_to_the_other_team(web: Any) -> None:
    from tangga.web.journeys.care import people, rehabilitation

    item = proposed(web, 4)
    with pretend(DAY), acting(web, "pendamping_rehsos", "1771") as viewer:
        member = people.person(people.members(item.family_id)[0]["person_id"])
        file = rehabilitation.open_file(member, cluster="elderly", words="Tua", by=viewer)
    take(web, item, "accept")
    for area, sees in (("1771", False), ("1811", True)):
        client = web.client("pendamping_rehsos", area)
        answer = client.get(f"/rehabilitasi/{file.pk}/")
        assert answer.status_code == (200 if sees else 404), area
    assert web.client(VERIFIER, "1811").get(f"/rehabilitasi/{file.pk}/").status_code == 403


def test_twice_or_nowhere(web: Any) -> None:
    from tangga.web.journeys.care import moves
    from tangga.web.journeys.care.refusals import BadDay, BadPlace
    from tangga.web.work.refusals import Twice

    item = proposed(web, 5)
    with pytest.raises(Twice):
        proposed(web, 5)
    with pretend(DAY), acting(web, OPERATOR, "1771") as viewer:
        for to, day in (("9999999999", DAY), (item.area, DAY), (item.other_area, date(2027, 1, 1))):
            with pytest.raises((BadDay, BadPlace)):
                moves.propose(
                    family_id=one(web, FROM, 6)["family_id"],
                    to_village=to if to != item.area else str(one(web, FROM, 6)["area"]),
                    moved_on=day,
                    consent=moves.Consent(DAY),
                    words="Pindah",
                    document="SKPWNI",
                    by=viewer,
                )


def test_the_pages_of_a_move(web: Any) -> None:
    family_id = one(web, FROM, 7)["family_id"]
    operator, verifier = web.client(OPERATOR, "1771"), web.client(VERIFIER, "1811")
    new = f"/pindah/baru/{family_id}/"
    assert new in page(operator, family_id)
    assert "Kabupaten/kota tujuan" in operator.get(new).content.decode()
    to = one(web, TO)["village"]
    assert to in operator.get(f"{new}?ke=1811").content.decode()
    said = {"to_village": to, "moved_on": "2026-03-01", "document": "SKPWNI 9", "words": "Kerja"}
    wrong = operator.post(f"{new}?ke=1811", said | {"consent_on": "2036-01-01"}).content.decode()
    assert "belum tiba" in wrong
    made = operator.post(f"{new}?ke=1811", said | {"consent_on": "2026-03-01"}, follow=True)
    address = made.redirect_chain[-1][0]
    assert new not in page(operator, family_id), "a move is open already"
    text = verifier.get(address).content.decode()
    assert "Terima keluarga ini" in text and "Hitungan bulan" in text
    assert "Terima keluarga ini" not in operator.get(address).content.decode()
    item = address.strip("/").split("/")[-1]
    step = {"versi": 1, "langkah": "accept"}
    text = verifier.post(f"/tugas/{item}/langkah/", step, follow=True).content.decode()
    assert "Diterima daerah tujuan" in text
    text = verifier.get(address).content.decode()
    assert "sejak itu menanggung" in text and "sampai daerah tujuan menerima" not in text
    head = page(verifier, family_id).partition("family-head")[2].partition("</div>")[0]
    assert to[:4] in head and "1771" not in head
    assert "pindah dari" in page(verifier, family_id)
    assert "sudah pindah ke" in page(operator, family_id)
    for tab in ("mine", "incoming", "outgoing", "closed"):
        assert verifier.get(f"/pindah/?bagian={tab}").status_code == 200
    assert web.client("sentra", "1811").get(address).status_code == 403


def test_the_destination_checks_opens_files_and_restores(web: Any) -> None:
    """The release still has the family where it came from."""
    from test_care_tangguh import HEAD, checked
    from test_care_tangguh import take as step

    from tangga.web.journeys.care import guests, holding
    from tangga.web.journeys.care.support import running

    item = proposed(web, 8)
    take(web, item, "accept")
    with pretend(DAY), acting(web, OPERATOR, "1811") as viewer:
        check = holding.raise_case(
            family_id=item.family_id, reason="electricity", words="Daya", by=viewer
        )
    assert check.area == item.other_area
    with acting(web, VERIFIER, "1811") as viewer, guests.reading(item.family_id, viewer):
        ends = running(item.family_id, DAY)
    assert ends
    check = step(web, checked(web, check, ends=ends), "decide", DAY)
    assert web.client(HEAD, "1811").get(f"/tangguh/{check.pk}/").status_code == 200
    stopped = DAY + timedelta(days=15)
    with pretend(stopped):
        tick(stopped)
    check = step(web, check.__class__.objects.get(pk=check.pk), "restore", date(2026, 6, 2))
    assert check.state == "restored" and check.check_of.owed
    who = ask(web, "SELECT person_id FROM persons WHERE family_id = %s", item.family_id)
    team = web.client("pendamping_rehsos", "1811")
    new = f"/rehabilitasi/baru/{who[0]['person_id']}/"
    made = team.post(new, {"cluster": "elderly", "words": "Tua"}, follow=True)
    assert made.status_code == 200 and "Menunggu asesmen" in made.content.decode()
    assert team.get("/rehabilitasi/").status_code == 200
    assert web.client("pendamping_rehsos", "1771").get(new).status_code == 200, "the page itself"
    away = web.client("pendamping_rehsos", "1771").post(
        new, {"cluster": "elderly", "words": "Tua"}, follow=True
    )
    assert "sudah pindah" in away.content.decode()


def test_the_origin_reads_no_more_than_its_own_part(web: Any) -> None:
    """Nothing of the health of who lives elsewhere; that they moved, and what was theirs."""
    item = proposed(web, 14)
    family_id = item.family_id
    with web.owner() as con:
        found = con.execute("SELECT to_regclass('r_1.persons')").fetchone()
        assert found and found[0]
        con.execute(
            "UPDATE r_1.persons SET illness = 'hypertension' WHERE family_id = %s",
            [family_id],
        )
    client = web.client("pendamping_pkh", item.area[:6])
    address = f"/keluarga/{family_id}/"
    operator = web.client(OPERATOR, "1771")
    assert "Hipertensi" in page(operator, family_id), "read while it lives here"
    take(web, item, "accept")
    officers = (client, operator, web.client("kepala_desa", item.area))
    for one_of in officers:
        for tab in ("", "sumber/", "riwayat/", "lembar/"):
            answer = one_of.get(f"{address}{tab}")
            text = answer.content.decode()
            assert "Hipertensi" not in text, tab
            assert answer.status_code in (200, 403) and "Penghasilan" not in text
    text = page(officers[1], family_id)
    assert "sudah pindah ke" in text and "Bantuan selama di sini" in text
    assert item.number in text and "PKH" in text
    led = officers[0].get(f"/tangga/keluarga/{family_id}/")
    assert led.status_code == 302 and led.headers["Location"] == address
    there = web.client(VERIFIER, "1811").get(address).content.decode()
    assert "Anggota" in there and "Data keluarga ini dibaca" not in there
    assert ask(web, "SELECT 1 FROM audit_events WHERE what = 'family_away_seen'")
