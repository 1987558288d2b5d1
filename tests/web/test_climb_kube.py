"""A business group from the first candidate to standing on its own; what it owns stays with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from climbing import Climb, plain_rules

from tangga.web.today import pretend

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def climb(web: Any, workspace: Any) -> Any:
    yield from plain_rules(web, workspace)


def fitting(climb: Climb, district: str, n: int) -> list[dict[str, Any]]:
    """Families of a district whose head the programme's rule takes."""
    rows = climb.ask(
        "SELECT f.family_id, f.area, f.head_person_id FROM families AS f "
        "JOIN persons AS p ON p.person_id = f.head_person_id AND p.status = 'active' "
        "WHERE f.area LIKE %s AND p.birth_date BETWEEN '1975-01-01' AND '1995-01-01' "
        "ORDER BY f.family_id",
        f"{district}%",
    )
    found = [row for row in rows if row["family_id"] not in climb.used][:n]
    assert len(found) == n
    for row in found:
        climb.used.add(row["family_id"])
        climb.change(
            "UPDATE persons SET marital_status = 'married', state_employment = 'none', "
            "worked_last_week = false "
            "WHERE person_id = %s",
            row["head_person_id"],
        )
    return found


def district_of(climb: Climb) -> str:
    rows = climb.ask(
        "SELECT left(f.area, 6) AS d, count(*) AS n FROM families AS f WHERE f.area LIKE '1811%%' "
        "GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )
    return str(rows[0]["d"])


def group_of(climb: Climb, n: int = 5) -> tuple[Any, list[dict[str, Any]], str]:
    """Gathered, with a potential and candidates in their roles."""
    from tangga.web.journeys.climb import kube
    from tangga.web.journeys.climb.models import Potential

    district = district_of(climb)
    families = fitting(climb, district, n)
    with climb.acting("pendamping_pkh", district, worker="PDP-UJI") as by:
        potential = Potential.objects.create(
            area=district,
            kind="buyer",
            name="Koperasi Singkong Makmur",
            business="food_crops",
            source="Kantor desa",
            on_date=DAY,
            by=by.user,
        )
        item = kube.gather(
            name="KUBE Melati", area=district, by=by, business="food_crops", potential=potential
        )
        roles = ["chair", "secretary", "treasurer"] + ["member"] * n
        for family, role in zip(families, roles, strict=False):
            item = kube.join(
                item,
                family_id=family["family_id"],
                person_id=family["head_person_id"],
                role=role,
                by=by,
                version=item.version,
            )
    return item, families, district


def test_the_life_of_a_group(climb: Climb) -> None:
    from tangga.web.journeys.climb import kube
    from tangga.web.journeys.climb.export import exported
    from tangga.web.journeys.climb.models import Asset, Group, Member
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.journeys.climb.refusals import Missing
    from tangga.web.programmes import spells
    from tangga.web.work import actions

    with pretend(DAY):
        item, families, district = group_of(climb)
        regency = district[:4]
        first = families[0]["family_id"]
        with climb.acting("pendamping_pkh", district, worker="PDP-UJI") as by:
            assert read_family(first).facts.get("has_place") is not True  # type: ignore[union-attr]
            item = actions.take(item, "form", by=by, version=item.version)
            group = Group.objects.get(pk=item.pk)
            assert item.state == "formed" and group.minutes and group.formed_on == DAY
            assert read_family(first).facts.get("has_place") is True  # type: ignore[union-attr]
            with pytest.raises(Missing):
                actions.take(item, "plan", by=by, version=item.version)
            item.refresh_from_db()
            item = kube.plan(
                item,
                text="Keripik singkong",
                cost=20_000_000,
                potential=group.potential,
                by=by,
                version=item.version,
            )
            item = kube.account(item, number="1234567890", bank="BRI", by=by, version=item.version)
            assert b"1234567890" not in bytes(Group.objects.get(pk=item.pk).account or b"")
        with climb.acting("bupati", regency) as by, pytest.raises(Missing):
            kube.aid(item, amount=20_000_000, document="SK/9", by=by, version=item.version)
        with climb.acting("verifikator_kabkota", regency) as by:
            item.refresh_from_db()
            item = actions.take(item, "check_plan", by=by, version=item.version)
        with climb.acting("kepala_dinas", regency) as by:
            item = kube.aid(item, amount=20_000_000, document="SK/9", by=by, version=item.version)
            assert item.state == "aided"
            for family in families:
                running = spells.running(family_id=family["family_id"])
                assert "kube" in {one.kind.programme for one in running}
        with climb.acting("pendamping_pkh", district, worker="PDP-UJI") as by:
            item = actions.take(item, "run", by=by, version=item.version)
            item = kube.asset(
                item,
                name="Mesin pengiris",
                value=5_000_000,
                got_on=DAY,
                document="BAST/1",
                by=by,
                version=item.version,
            )
    for month, day in ((3, date(2026, 6, 2)), (6, date(2026, 9, 2)), (12, date(2027, 3, 2))):
        with pretend(day), climb.acting("pendamping_pkh", district, worker="PDP-UJI") as by:
            states = {m: s for m, _, s in kube.check_ups(DAY, set(), day)}
            assert states[month] == "due"
            item = kube.turnover(
                item, month=month, amount=3_000_000 * month, on=day, by=by, version=item.version
            )
            with pytest.raises(Missing):
                kube.turnover(item, month=month, amount=1, on=day, by=by, version=item.version)
            item.refresh_from_db()
    # One leaves: the machine stays, and so does the group's state; her place ends.
    with (
        pretend(date(2027, 3, 3)),
        climb.acting("pendamping_pkh", district, worker="PDP-UJI") as by,
    ):
        member = Member.objects.get(person_id=families[4]["head_person_id"], left_on=None)
        item = kube.leave(item, member, why="left", by=by, version=item.version)
        running = spells.running(family_id=families[4]["family_id"])
        assert "kube" not in {one.kind.programme for one in running}
        assert Asset.objects.filter(group_id=item.pk, gone_on=None).count() == 1
    with pretend(date(2027, 3, 4)), climb.acting("verifikator_kabkota", regency) as by:
        item = actions.take(item, "stand", by=by, version=item.version, document="BA/12")
    assert item.state == "independent"
    ((kind, columns, rows),) = exported()
    assert (kind, columns[:4]) == ("groups", ("id", "person_id", "family_id", "as_of"))
    mine = [dict(zip(columns, row, strict=True)) for row in rows]
    assert len(mine) == 5
    assert {row["state"] for row in mine} == {"independent"}
    assert {row["turnover_month"] for row in mine} == {36_000_000}
    assert sum(row["left_on"] is not None for row in mine) == 1


def test_no_group_without_size_area_and_roles(climb: Climb) -> None:
    from tangga.web.journeys.climb import kube
    from tangga.web.journeys.climb.models import Member
    from tangga.web.journeys.climb.refusals import Missing, NotAGroup
    from tangga.web.work import actions

    with pretend(DAY):
        item, families, district = group_of(climb, 4)
        with climb.acting("pendamping_pkh", district, worker="PDP-UJI") as by:
            with pytest.raises(NotAGroup) as refused:
                actions.take(item, "form", by=by, version=item.version)
            assert "anggota" in refused.value.words("id")
            # Nobody is in two groups, and no role is held by two.
            again = families[0]
            with pytest.raises(Missing):
                kube.join(
                    item,
                    family_id=again["family_id"],
                    person_id=again["head_person_id"],
                    role="member",
                    by=by,
                    version=item.version,
                )
        (fifth,) = fitting(climb, district, 1)
        climb.change(
            "UPDATE persons SET marital_status = 'single' WHERE person_id = %s",
            fifth["head_person_id"],
        )
        with climb.acting("pendamping_pkh", district, worker="PDP-UJI") as by:
            item.refresh_from_db()
            item = kube.join(
                item,
                family_id=fifth["family_id"],
                person_id=fifth["head_person_id"],
                role="member",
                by=by,
                version=item.version,
            )
            with pytest.raises(NotAGroup):
                actions.take(item, "form", by=by, version=item.version)
        item.refresh_from_db()
        assert item.state == "candidate"
        assert not Member.objects.filter(group_id=item.pk, counts=True).exists()


def test_a_place_is_proposed_checked_determined_and_ends(climb: Climb) -> None:
    from tangga.web.journeys.climb import places
    from tangga.web.programmes import spells
    from tangga.web.work.refusals import SameHand

    (family,) = fitting(climb, district_of(climb), 1)
    regency, id_, who = family["area"][:4], family["family_id"], family["head_person_id"]
    with pretend(DAY):
        with climb.acting("pendamping_pkh", family["area"][:6], worker="PDP-UJI") as by:
            item = places.propose(
                family_id=id_, programme="training", person_id=who, by=by, reason="ingin berlatih"
            )
        with climb.acting("verifikator_kabkota", regency) as by:
            item = places.take(item, "check", by=by, version=item.version)
        with climb.acting("kepala_dinas", regency) as by:
            item = places.take(item, "determine", by=by, version=item.version, document="SK/3")
            running = {
                (one.kind.programme, one.kind.person_id) for one in spells.running(family_id=id_)
            }
            assert ("training", who) in running
    with (
        pretend(date(2026, 5, 2)),
        climb.acting("pendamping_pkh", family["area"][:6], worker="PDP-UJI") as by,
    ):
        item = places.take(item, "start", by=by, version=item.version)
        item = places.take(
            item, "finish", by=by, version=item.version, reason="lulus", result="certificate"
        )
        running = {
            (one.kind.programme, one.kind.person_id) for one in spells.running(family_id=id_)
        }
        assert ("training", who) not in running
    assert item.state == "finished"
    assert SameHand.key == "hand"


def test_who_is_held_back_has_no_place_and_the_others_do(climb: Climb) -> None:
    from care import somebody

    from tangga.web.journeys.care import people, rehabilitation
    from tangga.web.journeys.care.models import Case
    from tangga.web.journeys.care.rehabilitation import Plan
    from tangga.web.journeys.climb import kube, places
    from tangga.web.journeys.climb.refusals import Missing

    who = somebody(climb.web, "1811", 7)
    family, area = who["family_id"], who["area"]
    with pretend(DAY), climb.acting("pendamping_rehsos", area[:6]) as by:
        person = people.person(who["person_id"])
        assert person is not None
        item = rehabilitation.open_file(person, cluster="disability", words="uji", by=by)
        item = rehabilitation.keep_assessment(
            item, values={"kind": "social"}, on_date=DAY, by=by, version=item.version
        )
        plan = Plan("disability", "", "family", Case.LOCAL, place="Puskesmas")
        rehabilitation.refer(item, plan=plan, words="uji", by=by, version=item.version)
    other = climb.ask(
        "SELECT person_id FROM persons WHERE family_id = %s AND person_id <> %s LIMIT 1",
        family,
        who["person_id"],
    )[0]["person_id"]
    with pretend(DAY), climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by:
        said = {"family_id": family, "programme": "training", "by": by, "reason": "uji"}
        with pytest.raises(Missing) as refused:
            places.propose(**said, person_id=who["person_id"])
        # What holds them back is nobody's to read here.
        assert "rehabilitasi" not in refused.value.words("id").lower()
        assert places.propose(**said, person_id=other).state == "proposed"
        group = kube.gather(name="KUBE Uji", area=area[:6], by=by)
        with pytest.raises(Missing):
            kube.join(
                group,
                family_id=family,
                person_id=who["person_id"],
                role="member",
                by=by,
                version=group.version,
            )


def test_the_elderly_may_ask_for_a_place(climb: Climb) -> None:
    from tangga.web.journeys.climb import actions, places

    (who,) = climb.ask(
        "SELECT p.person_id, p.family_id, f.area FROM persons AS p JOIN families AS f "
        "USING (family_id) JOIN moves AS m ON m.family_id = f.family_id AND m.person_id IS NULL "
        "WHERE p.birth_year < 1955 AND p.status = 'active' AND m.rung = 'protection' "
        "ORDER BY 1 LIMIT 1"
    )
    area = who["area"]
    with pretend(DAY):
        with climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by:
            item = places.propose(
                family_id=who["family_id"],
                programme="training",
                person_id=who["person_id"],
                by=by,
                reason="atas permintaan sendiri",
            )
            assert actions.plan(family_id=who["family_id"], by=by).state == "draft"
        with climb.acting("koordinator_pkh", area[:4]) as by:
            item = places.take(item, "check", by=by, version=item.version)
        with climb.acting("kepala_dinas", area[:4]) as by:
            item = places.take(item, "determine", by=by, version=item.version, document="SK/1/2026")
    assert item.state == "placed"


def test_a_check_up_that_is_due_waits_for_somebody(climb: Climb) -> None:
    from tangga.web.journeys.climb import kube, places
    from tangga.web.work.queries import waiting

    (row,) = climb.ask("SELECT p.person_id, p.family_id, f.area FROM persons AS p JOIN families "
                       "AS f USING (family_id) WHERE p.birth_year BETWEEN 1980 AND 1995 "
                       "ORDER BY 1 LIMIT 1")  # fmt: skip
    area = row["area"]
    with pretend(DAY):
        with climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by:
            item = places.propose(
                family_id=row["family_id"],
                programme="pena",
                person_id=row["person_id"] if unit_of("pena") == "person" else "",
                by=by,
                reason="usaha keripik",
            )
        with climb.acting("koordinator_pkh", area[:4]) as by:
            item = places.take(item, "check", by=by, version=item.version)
        with climb.acting("kepala_dinas", area[:4]) as by:
            item = places.take(item, "determine", by=by, version=item.version, document="SK/2")
        with climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by:
            item = places.take(item, "start", by=by, version=item.version)
            assert item.due == date(2026, 6, 2)
    with (
        pretend(date(2026, 6, 5)),
        climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by,
    ):
        assert item in waiting(by, ["placement"])
        said = {"month": 3, "amount": 750_000, "on": date(2026, 6, 4)}
        item = places.turnover(item, by=by, version=item.version, **said)
        assert item.due == date(2026, 9, 2)
        assert kube.check_ups(DAY, {3}, date(2026, 6, 5))[0][2] == "done"


def unit_of(programme: str) -> str:
    from tangga.web.policy.book import book

    return str(book().policy.programmes[programme].unit)


def test_a_member_joins_from_the_page_of_the_family(climb: Climb) -> None:
    import html as markup
    import re

    from test_climb_pages import client, text

    from tangga.web.journeys.climb import kube
    from tangga.web.journeys.climb.models import Member

    district = district_of(climb)
    (family,) = fitting(climb, district, 1)
    id_ = family["family_id"]
    worker = client(climb, "pendamping_pkh", district, worker="PDP-UJI")
    with pretend(DAY):
        with climb.acting("pendamping_pkh", district, worker="PDP-UJI") as by:
            group = kube.gather(name="KUBE <Mawar>", area=district, by=by)
        own = text(worker.get(f"/tangga/keluarga/{id_}/"))
        assert "KUBE &lt;Mawar&gt;" in own
        chosen = re.search(rf'value="({group.pk}:\d+)"', own)
        assert chosen
        said = {"kelompok": markup.unescape(chosen[1]), "person_id": family["head_person_id"]}
        where = f"/tangga/keluarga/{id_}/kelompok/"
        assert worker.post(where, {**said, "role": "sulap"}).status_code == 404
        answer = worker.post(where, {**said, "role": "chair"})
        assert answer["Location"] == f"/tangga/kelompok/{group.pk}/"
        member = Member.objects.get(group_id=group.pk)
        assert (member.person_id, member.role) == (family["head_person_id"], "chair")
        # The same form again is refused: somebody has changed the group since.
        worker.post(where, {**said, "role": "member"})
        assert Member.objects.filter(group_id=group.pk).count() == 1
