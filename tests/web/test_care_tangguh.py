"""Support under check: nothing stops without proof, a second person, notice and time to object."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from care import acting, acting_as, tick
from families import ask, one
from psycopg.errors import CheckViolation

from tangga.web.today import pretend

DAY = date(2026, 3, 2)
PROPOSER, CHECKER, HEAD = "operator_kabkota", "verifikator_kabkota", "kepala_dinas"
SUPPORTED = """
SELECT DISTINCT s.family_id, f.area FROM spells AS s JOIN families AS f USING (family_id)
WHERE f.area LIKE '1811%%' AND s.open AND s.programme = 'pkh' AND s.component IS NOT NULL
AND f.status = 'active' ORDER BY 1 OFFSET %s LIMIT 1
"""


def family(web: Any, nth: int) -> str:
    return str(one(web, SUPPORTED, nth)["family_id"])


def raised(web: Any, family_id: str, reason: str = "electricity", **more: Any) -> Any:
    from tangga.web.journeys.care import holding

    with pretend(DAY), acting(web, PROPOSER, "1811") as viewer:
        return holding.raise_case(
            family_id=family_id, reason=reason, words="Daya 4.400 VA", by=viewer, **more
        )


def running(web: Any, family_id: str, day: date = DAY) -> Any:
    from tangga.web.journeys.care import support

    with acting(web, CHECKER, "1811"):
        return support.running(family_id, day)


def checked(web: Any, item: Any, day: date = DAY, finding: str = "yes", **more: Any) -> Any:
    from tangga.web.journeys.care import holding

    if finding == "yes" and "fact_on" not in more:
        more.setdefault("ends", running(web, item.family_id))
    with pretend(day), acting(web, CHECKER, "1811") as viewer:
        return holding.check(
            item,
            finding=finding,
            words="Meteran dilihat",
            document="BA-1/2026",
            by=viewer,
            version=item.version,
            **more,
        )


def take(web: Any, item: Any, step: str, day: date, role: str = HEAD, **more: Any) -> Any:
    from tangga.web.work import actions

    said = {"reason": "Sesuai berita acara", "document": "SK-9/2026"} | more
    with pretend(day), acting(web, role, "1811") as viewer:
        return actions.take(item, step, by=viewer, version=item.version, **said)


def clock(day: date) -> None:
    with pretend(day):
        tick(day)


def decided(web: Any, nth: int) -> Any:
    return take(web, checked(web, raised(web, family(web, nth))), "decide", DAY)


def test_from_the_signal_to_the_stop_and_back_to_the_rupiah(web: Any) -> None:
    from tangga.web.journeys.care.support import Support

    family_id = family(web, 0)
    before = running(web, family_id)
    assert before
    item = decided(web, 0)
    mine = item.check_of
    assert mine.object_by == item.due == DAY + timedelta(days=14)
    assert mine.notice.startswith("400.9/")
    clock(mine.object_by)
    item.refresh_from_db()
    assert item.state == "notified", "the last day to object is the family's"
    stopped = mine.object_by + timedelta(days=1)
    clock(stopped)
    item.refresh_from_db()
    assert item.state == "stopped" and running(web, family_id, stopped) == []
    back = date(2026, 6, 10)
    item = take(web, item, "restore", back)
    mine = type(mine).objects.get(item=item)
    assert running(web, family_id, back) == before
    months = ["2026-04", "2026-05"]
    assert mine.owed and all(row["months"] == months for row in mine.owed)
    assert {Support.of(row) for row in mine.owed} <= set(before)
    # The plain sum beside it: two of twelve months of the amount of the year, of each part.
    from tangga.rules.money import for_months
    from tangga.web.policy.book import book

    parts = {
        part.id: part.amount_year
        for part in book().policy.programmes["pkh"].rule.on(back).says.benefit.components
    }
    for row in mine.owed:
        if row["component"]:
            assert row["amount"] == for_months(parts[row["component"]], 4, 5)
    paper = ask(web, "SELECT number, rows FROM papers_paper WHERE kind = 'pemulihan'")
    assert [one["rows"] for one in paper] == [len(mine.owed)], "the annex is what is owed"


def test_what_is_not_known_ends_nothing(web: Any) -> None:
    item = raised(web, family(web, 1))
    clock(DAY + timedelta(days=15))
    item.refresh_from_db()
    assert item.state == "checking_late"
    item = checked(web, item, DAY + timedelta(days=15), finding="not_known")
    assert item.due == DAY + timedelta(days=75), "a visit within 60 days"
    with acting(web, "pendamping_pkh", item.area[:6]):
        from tangga.web.journeys.care.signals import visit_by

        assert visit_by([item.family_id]) == {item.family_id: item.due}
    clock(DAY + timedelta(days=200))
    item.refresh_from_db()
    assert item.state == "to_visit_late"
    assert running(web, item.family_id, DAY + timedelta(days=200))


def test_the_database_stops_nothing_without_proof(web: Any) -> None:
    item = raised(web, family(web, 2))
    with web.owner() as con, pytest.raises(CheckViolation):
        con.execute("UPDATE care_check SET stopped_on = '2026-03-05' WHERE item_id = %s", [item.pk])


def test_no_stop_of_nothing_and_none_beside_the_page(web: Any) -> None:
    from tangga.web.journeys.care.refusals import NoProof
    from tangga.web.journeys.care.support import Support

    item = raised(web, family(web, 3))
    for ends in ([], [Support("pkh", "nothing_such", "")]):
        with pytest.raises(NoProof):
            checked(web, item, ends=ends)
    with pytest.raises(NoProof):
        take(web, item, "confirm", DAY, CHECKER)
    item.refresh_from_db()
    assert item.state == "checking"


def test_three_people(web: Any) -> None:
    """Also where one person holds two posts."""
    from users import make_user

    from tangga.web.accounts.actions import give_post
    from tangga.web.journeys.care import holding
    from tangga.web.work import actions
    from tangga.web.work.refusals import NotYours, SameHand

    item, both = raised(web, family(web, 4)), make_user(CHECKER, "1811", username="dua-jabatan")
    give_post(user=both, role=HEAD, area="1811", by=None)
    said = {"words": "Dilihat", "document": "BA", "ends": running(web, item.family_id)}
    with pretend(DAY), acting_as(both, CHECKER) as viewer:
        item = holding.check(item, finding="yes", by=viewer, version=item.version, **said)
    with pytest.raises(NotYours):
        take(web, item, "decide", DAY, CHECKER)
    with acting_as(both, HEAD) as viewer, pytest.raises(SameHand):
        actions.take(
            item, "decide", by=viewer, version=item.version, reason="Saya juga", document="SK"
        )
    assert take(web, item, "decide", DAY).state == "notified"


def test_an_objection_in_time_suspends_and_its_answer_decides(web: Any) -> None:
    from tangga.web.journeys.care import objections

    item = decided(web, 5)
    lodged = DAY + timedelta(days=14)
    with pretend(lodged), acting(web, HEAD, "1811") as viewer:
        assert objections.lodged(item.family_id, by=viewer, number="KBR/1")
    clock(DAY + timedelta(days=90))
    item.refresh_from_db()
    assert item.state == "objected" and running(web, item.family_id, DAY + timedelta(days=90))
    with pretend(DAY + timedelta(days=95)), acting(web, "dinas_provinsi", "18") as viewer:
        objections.answered(item.family_id, upheld=True, by=viewer, number="KBR/1")
    item.refresh_from_db()
    assert item.state == "cleared"


def test_denied_before_the_time_is_over_it_still_runs_to_its_end(web: Any) -> None:
    from tangga.web.journeys.care import objections

    item = decided(web, 6)
    until = item.check_of.object_by
    with pretend(DAY + timedelta(days=3)), acting(web, HEAD, "1811") as viewer:
        objections.lodged(item.family_id, by=viewer, number="KBR/2")
        objections.answered(item.family_id, upheld=False, by=viewer, number="KBR/2")
    item.refresh_from_db()
    assert (item.state, item.due) == ("notified", until)
    clock(until + timedelta(days=1))
    item.refresh_from_db()
    assert item.state == "stopped"
    back = until + timedelta(days=20)
    with pretend(back), acting(web, HEAD, "1811") as viewer:
        assert not objections.lodged(item.family_id, by=viewer, number="KBR/3"), "too late to hold"
        objections.answered(item.family_id, upheld=True, by=viewer, number="KBR/3")
    item.refresh_from_db()
    assert item.state == "restored" and running(web, item.family_id, back)


TWO = """
SELECT s.family_id, p.person_id FROM spells AS s JOIN families AS f USING (family_id)
JOIN persons AS p USING (family_id)
WHERE f.area LIKE '1811%%' AND s.open AND s.programme = 'pkh' AND f.status = 'active'
AND p.status = 'active' AND s.person_id = p.person_id AND s.component IS NOT NULL
AND f.member_count > 2 ORDER BY 1 DESC LIMIT 1
"""


def test_a_death_ends_the_persons_part_and_a_namesake_is_restored(web: Any) -> None:
    from tangga.web.journeys.care.models import Check
    from tangga.web.programmes import spells

    who = one(web, TWO)
    item = raised(web, who["family_id"], "died", person_id=who["person_id"])
    died = DAY - timedelta(days=20)
    item = checked(web, item, fact_on=died)
    item = take(web, item, "decide", DAY)
    clock(DAY + timedelta(days=15))
    item.refresh_from_db()
    assert item.state == "stopped"
    events = ask(web, "SELECT event, on_date FROM overlay_event WHERE item_id = %s", item.pk)
    assert [(row["event"], row["on_date"]) for row in events] == [("death", died)]
    with acting(web, HEAD, "1811"):
        left = spells.running(family_id=item.family_id, on=DAY + timedelta(days=15))
    assert left, "the family's support goes on"
    item = take(web, item, "restore", date(2026, 5, 4))
    mine = Check.objects.get(item=item)
    owed = [row for row in mine.owed if row["person_id"] == who["person_id"]]
    assert owed and all(row["amount"] and row["months"][0] == "2026-03" for row in owed)


def test_a_matter_that_was_decided_opens_a_check_of_its_own(web: Any) -> None:
    from tangga.web.journeys.care import holding

    source = raised(web, family(web, 7), "electricity")
    with pretend(DAY), acting(web, "bupati", "1811") as viewer:
        item = holding.because_of(
            family_id=source.family_id,
            area=source.area,
            reason="state_employee",
            source=source,
            by=viewer,
        )
        again = holding.because_of(
            family_id=source.family_id,
            area=source.area,
            reason="state_employee",
            source=source,
            by=viewer,
        )
    assert (item.state, item.parent_id) == ("checking", source.pk) and again == item


def test_the_pages_of_a_check(web: Any) -> None:
    family_id = family(web, 8)
    operator, checker, head = (web.client(role, "1811") for role in (PROPOSER, CHECKER, HEAD))
    assert f"/tangguh/baru/{family_id}/" in operator.get(f"/keluarga/{family_id}/").content.decode()
    said = {"reason": "wage_above_minimum", "words": "Bekerja di pabrik"}
    made = operator.post(f"/tangguh/baru/{family_id}/", said, follow=True)
    address = made.redirect_chain[-1][0]
    assert "Bantuan tetap berjalan" in made.content.decode()
    text = checker.get(address).content.decode()
    assert "Bantuan yang akan berhenti" in text and "Bekerja di pabrik" in text
    found = {"versi": 1, "finding": "yes", "words": "Slip gaji dilihat"}
    text = checker.post(address, found, follow=True).content.decode()
    assert "Wajib diisi bila terbukti" in text
    ends = [one.choice for one in running(web, family_id, date.today())]
    found |= {"document": "BA-7", "ends": ends}
    text = checker.post(address, found, follow=True).content.decode()
    assert "menunggu keputusan" in text
    assert checker.post(address, found).status_code == 404, "nothing is to be checked any more"
    item = address.strip("/").split("/")[-1]
    step = {"versi": 2, "langkah": "decide", "alasan": "Sesuai", "dokumen": "SK-2"}
    text = head.post(f"/tugas/{item}/langkah/", step, follow=True).content.decode()
    assert "masa keberatan berjalan" in text and "Surat pemberitahuan" in text
    for tab in ("mine", "open", "notified", "stopped", "closed"):
        assert head.get(f"/tangguh/?bagian={tab}").status_code == 200
    assert (
        web.client("kepala_desa", ask(web, AREA, family_id)[0]["area"]).get("/tangguh/").status_code
        == 403
    )


AREA = "SELECT area FROM families WHERE family_id = %s"


def test_signals_of_the_release_open_checks(web: Any) -> None:
    found = "SELECT left(area, 4) AS place FROM signals WHERE acts AND reason IS NOT NULL LIMIT 1"
    place = one(web, found)["place"]
    client = web.client(PROPOSER, place)
    text = client.get("/tangguh/isyarat/").content.decode()
    keys = re.findall(r'name="isyarat" value="([^"]+)"', text)
    assert keys and "Cocokkan akta" in text
    text = client.post("/tangguh/isyarat/", {"isyarat": keys[:1]}, follow=True).content.decode()
    assert "1 pemeriksaan dibuka" in text
    assert keys[0] not in re.findall(r'name="isyarat" value="([^"]+)"', text)
    forged = client.post("/tangguh/isyarat/", {"isyarat": ["F0|P0|death"]}, follow=True)
    assert "0 pemeriksaan dibuka" in forged.content.decode()
    assert web.client("pendamping_pkh", "181101").get("/tangguh/isyarat/").status_code == 404


def test_who_may_not_read_the_sign_does_not(web: Any) -> None:
    item = raised(web, family(web, 3), "gambling")
    client = web.client("koordinator_pkh", "1811")
    text = client.get(f"/tangguh/{item.pk}/").content.decode()
    assert ("Judi" not in text and "tidak ditampilkan" in text.lower()) or "tersembunyi" in text
    assert client.post(f"/tangguh/{item.pk}/", {"finding": "no"}).status_code == 404


def test_a_pledge_is_one_more_chance_and_only_one(web: Any) -> None:
    item = raised(web, family(web, 2), "gambling")
    client = web.client(CHECKER, "1811")
    address = f"/tangguh/{item.pk}/"
    said = {"said": "Anaknya yang memakai rekening", "pledge": "Tidak akan terulang"}
    text = client.post(f"{address}klarifikasi/", said, follow=True).content.decode()
    assert "/KLAR/" in text and "Kesempatan sudah pernah" not in text
    checked(web, item, finding="no")
    assert client.post(f"{address}klarifikasi/", said).status_code == 404
    again = raised(web, item.family_id, "gambling")
    text = client.get(f"/tangguh/{again.pk}/").content.decode()
    assert "Kesempatan sudah pernah diberikan" in text and item.number in text
    other = raised(web, family(web, 6), "state_employee")
    assert "klarifikasi" not in client.get(f"/tangguh/{other.pk}/").content.decode().lower()


def test_what_was_withdrawn_stops_nothing(web: Any) -> None:
    from tangga.web.work.refusals import WrongState

    item = raised(web, family(web, 7), "wage_above_minimum")
    item = take(web, checked(web, item), "decide", DAY)
    item = take(web, item, "withdraw", DAY + timedelta(days=3))
    assert item.state == "cleared"
    clock(DAY + timedelta(days=40))
    assert running(web, item.family_id, DAY + timedelta(days=40))
    with pytest.raises(WrongState):
        take(web, item, "restore", DAY + timedelta(days=41))


PAID = """
SELECT y.family_id, y.period_start FROM payments AS y JOIN families AS f USING (family_id)
WHERE f.area LIKE '1811%%' AND y.status IN ('paid', 'spent') AND f.member_count < 4
AND EXISTS (SELECT FROM spells AS s WHERE s.family_id = y.family_id AND s.open)
AND NOT EXISTS (SELECT FROM cases AS c WHERE c.family_id = y.family_id)
ORDER BY y.period_start DESC, y.family_id DESC LIMIT 1
"""
MEMBERS = "SELECT person_id, area FROM persons WHERE family_id = %s AND status <> 'dead' ORDER BY 1"


def test_the_last_of_a_family_died_its_support_ends_and_the_rest_is_listed(web: Any) -> None:
    from tangga.web.journeys.care.models import Check
    from tangga.web.overlay import write

    who = one(web, PAID)
    died = who["period_start"] - timedelta(days=40)
    last, *others = ask(web, MEMBERS, who["family_id"])
    item = raised(web, who["family_id"], "died", person_id=last["person_id"])
    with pretend(DAY), acting(web, PROPOSER, "1811") as viewer:
        for other in others:
            write.event(
                item=item,
                event="death",
                on_date=died,
                family_id=who["family_id"],
                person_id=other["person_id"],
                area=other["area"],
                by=viewer,
            )
    item = checked(web, item, fact_on=died)
    item = take(web, item, "decide", DAY)
    stopped = DAY + timedelta(days=15)
    clock(stopped)
    mine = Check.objects.get(item=item)
    assert mine.exit == "all_died" and running(web, item.family_id, stopped) == []
    plain = ask(
        web,
        "SELECT sum(amount) AS sum FROM payments WHERE family_id = %s AND period_start > %s",
        item.family_id,
        died,
    )
    assert sum(row["amount"] for row in mine.overpaid) == plain[0]["sum"]
    assert {row["what"] for row in mine.overpaid} <= {"to_recover", "untouched"}
    text = web.client(HEAD, "1811").get(f"/tangguh/{item.pk}/").content.decode()
    assert "Dibayar setelah meninggal" in text


def test_whom_the_register_takes_for_dead_lives_after_all(web: Any) -> None:
    """A namesake: nothing was stopped here, yet their part was not paid since."""
    from tangga.web.journeys.care.models import Check
    from tangga.web.overlay import write
    from tangga.web.programmes.households import households

    who = one(web, TWO.replace("DESC LIMIT 1", "DESC OFFSET 3 LIMIT 1"))
    family_id, person_id = who["family_id"], who["person_id"]
    died = DAY - timedelta(days=90)
    item = raised(web, family_id, "died", person_id=person_id, signal="death")
    with pretend(DAY), acting(web, PROPOSER, "1811") as viewer:
        write.event(
            item=item,
            event="death",
            on_date=died,
            family_id=family_id,
            person_id=person_id,
            area=item.area,
            by=viewer,
        )
    with acting(web, CHECKER, "1811"):
        assert person_id in households("", [family_id]).deaths.persons
    item = checked(web, item, finding="no")
    assert item.state == "cleared"
    with acting(web, CHECKER, "1811"):
        assert person_id not in households("", [family_id]).deaths.persons
    mine = Check.objects.get(item=item)
    own = [row for row in mine.owed if row["component"]]
    assert own and all(row["person_id"] == person_id for row in mine.owed)
    assert all(row["months"] == ["2026-01", "2026-02"] for row in own), "December was paid"
