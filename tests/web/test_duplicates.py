"""Possible doubles: side by side, ruled by a clerk, taken back, and every word kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from families import ask

from tangga.web.duplicates import actions, queries
from tangga.web.duplicates.actions import Record, Refused, pair_of, rule, take_back
from tangga.web.duplicates.models import Ruling

WHY = "KTP keduanya dilihat di rumah"


@pytest.fixture(autouse=True)
def nothing_ruled(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test begins without rulings; the owner alone can remove them."""
    yield
    web = request.getfixturevalue("web")
    with web.owner() as con:
        con.execute("SET ROLE NONE")
        con.execute("DELETE FROM duplicates_ruling")


def as_in_request(web: Any, role: str, area: str) -> Any:
    from tangga.web.viewer import posts_in_force, viewer_of

    user = web.user(role, area)
    return viewer_of(user, posts_in_force(user.pk)[0])


def pairs(web: Any, area: str) -> list[dict[str, Any]]:
    """The pairs of an area, as the owner reads them, the first of the queue first."""
    query = f"SELECT q.*, {queries.PAIR} AS pair FROM review_queue AS q"
    where = f" WHERE q.area LIKE '{area}%%' ORDER BY q.stake DESC, q.weight DESC NULLS LAST, pair"
    found = ask(web, query + where)
    assert found, f"the release has no possible doubles in {area}"
    return found


def record(row: dict[str, Any], side: str) -> Record:
    area = row["area"]
    return Record(row[f"{side}_source"], row[f"{side}_id"], row[f"{side}_person_id"], area)


def test_a_pair_has_one_key_whoever_is_named_first(web: Any) -> None:
    for row in pairs(web, ""):
        left, right = record(row, "left"), record(row, "right")
        assert row["pair"] == pair_of(left, right) == pair_of(right, left)


def test_the_queue_is_each_offices_own_the_most_valuable_first(web: Any) -> None:
    for area, other in (("1811", "1771"), ("1771", "1811")):
        page = web.client("verifikator_kabkota", area).get("/kembar/").content.decode()
        mine = [row["pair"] for row in pairs(web, area)]
        assert [key for key in mine if key in page] == mine
        assert sorted(mine, key=page.index) == mine
        for row in pairs(web, other):
            assert row["pair"] not in page
            assert web.client("verifikator_kabkota", area).get(
                f"/kembar/{row['pair']}/"
            ).status_code == 404  # fmt: skip


def test_only_whose_work_it_is(web: Any) -> None:
    key = pairs(web, "1771")[0]["pair"]
    for role, area in (("kepala_dinas", "1771"), ("bps", "1771"), ("operator_desa", "1771031002")):
        client = web.client(role, area)
        assert client.get("/kembar/").status_code == 403
        assert client.get(f"/kembar/{key}/").status_code == 403
        assert client.post(f"/kembar/{key}/", {"ruling": "same"}).status_code == 403


def test_a_pair_stands_side_by_side_with_its_evidence(web: Any) -> None:
    row = next(one for one in pairs(web, "") if '"bits"' in one["reasons"])
    client = web.client("verifikator_kabkota", row["area"][:4])
    page = client.get(f"/kembar/{row['pair']}/").content.decode()
    assert page.count('class="side"') == 2
    assert 'class="used good"' in page and "(+" in page
    for side in ("left", "right"):
        person = ask(
            web, "SELECT name, family_id, nik FROM persons WHERE person_id = %s",
            row[f"{side}_person_id"],
        )[0]  # fmt: skip
        assert person["name"] in page
        assert f"/keluarga/{person['family_id']}/" in page
    number = ask(web, "SELECT nik FROM persons WHERE nik IS NOT NULL AND person_id = ANY(%s)",
                 [row["left_person_id"], row["right_person_id"]])  # fmt: skip
    from tangga.web.secrets import unseal

    for one in number:
        assert unseal(bytes(one["nik"])) not in page, "whole numbers are shown elsewhere"
    seen = ask(web, "SELECT what FROM audit_events WHERE about ->> 'pair' = %s", row["pair"])
    assert [one["what"] for one in seen] == ["double_seen"]


def test_a_ruling_leaves_the_queue_and_leads_to_the_next(web: Any) -> None:
    first, *others = pairs(web, "1771")
    client = web.client("verifikator_kabkota", "1771")
    said = {"ruling": "different", "reason": WHY, "n": "0"}
    done = client.post(f"/kembar/{first['pair']}/", said)
    following = f"/kembar/{others[0]['pair']}/" if others else "/kembar/"
    assert (done.status_code, done.url) == (302, following)
    assert first["pair"] not in client.get("/kembar/").content.decode()
    page = client.get("/kembar/putusan/").content.decode()
    assert first["pair"] in page and WHY in page
    found = Ruling.objects.get()
    assert (found.ruling, found.n, found.by.username) == (
        "different", 1, "verifikator-kabkota-1771",
    )  # fmt: skip


def test_of_two_clerks_at_once_the_second_is_told(web: Any) -> None:
    key = pairs(web, "1771")[0]["pair"]
    for role, ruling in (("verifikator_kabkota", "same"), ("operator_kabkota", "different")):
        client = web.client(role, "1771")
        client.post(f"/kembar/{key}/", {"ruling": ruling, "reason": WHY, "n": "0"})
    assert [one.ruling for one in Ruling.objects.all()] == ["same"]
    assert "Petugas lain sudah memutuskan" in client.get(f"/kembar/{key}/").content.decode()


@pytest.mark.parametrize(
    "said",
    [
        {"ruling": "same", "reason": "", "n": "0"},
        {"ruling": "same", "reason": "cocok", "n": "0"},
        {"ruling": "same", "reason": "NIK 1811010101800001 dilihat", "n": "0"},
        {"ruling": "merge", "reason": WHY, "n": "0"},
        {"reason": WHY, "n": "0"},
        {"ruling": "same", "reason": WHY},
    ],
)
def test_without_ground_or_answer_nothing_is_ruled(web: Any, said: dict[str, str]) -> None:
    key = pairs(web, "1771")[0]["pair"]
    client = web.client("verifikator_kabkota", "1771")
    page = client.post(f"/kembar/{key}/", said)
    assert page.status_code == 200 and 'role="alert"' in page.content.decode()
    assert not Ruling.objects.exists()


def test_a_ruling_is_taken_back_by_adding_another(web: Any) -> None:
    row = pairs(web, "1771")[0]
    key = row["pair"]
    client = web.client("verifikator_kabkota", "1771")
    client.post(f"/kembar/{key}/", {"ruling": "same", "reason": WHY, "n": "0"})
    first = Ruling.objects.get()
    back = f"/kembar/putusan/{first.pk}/tarik/"
    client.post(back, {"reason": "kurang"})
    assert Ruling.objects.count() == 1, "not without a reason"
    assert client.post(back, {"reason": "Ternyata kakak beradik"}).url == f"/kembar/{key}/"
    page = client.get(f"/kembar/{key}/").content.decode()
    assert "Ternyata kakak beradik" in page and WHY in page, "the history stays"
    assert key in client.get("/kembar/?yang=unsure").content.decode()
    client.post(back, {"reason": "Ternyata kakak beradik"})
    assert [one.n for one in queries.history(key)] == [2, 1], "only the last one can be undone"
    client.post(f"/kembar/{key}/", {"ruling": "different", "reason": WHY, "n": "2"})
    assert [one.ruling for one in queries.history(key)] == ["different", "unsure", "same"]


def test_nobody_changes_or_removes_a_ruling(web: Any) -> None:
    from django.db import ProgrammingError, connection, transaction

    row = pairs(web, "1771")[0]
    by = as_in_request(web, "verifikator_kabkota", "1771")
    found = rule(record(row, "left"), record(row, "right"), ruling="same", reason=WHY, by=by)
    for statement in ("UPDATE duplicates_ruling SET ruling = 'different'",
                      "DELETE FROM duplicates_ruling"):  # fmt: skip
        with (
            pytest.raises(ProgrammingError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SET LOCAL ROLE tangga_app")
            cursor.execute(statement)
    assert Ruling.objects.get() == found


def test_an_office_sees_rulings_of_its_own_area(web: Any) -> None:
    row = pairs(web, "1771")[0]
    rule(record(row, "left"), record(row, "right"), ruling="same", reason=WHY, by=None)
    assert WHY in web.client("verifikator_kabkota", "1771").get("/kembar/putusan/").content.decode()
    other = web.client("verifikator_kabkota", "1811")
    assert WHY not in other.get("/kembar/putusan/").content.decode()
    found = Ruling.objects.get()
    assert other.post(f"/kembar/putusan/{found.pk}/tarik/", {"reason": WHY}).status_code == 404


def test_words_are_refused_before_they_are_kept(web: Any) -> None:
    row = pairs(web, "1771")[0]
    left, right = record(row, "left"), record(row, "right")
    for refused in (
        {"left": left, "right": left, "ruling": "same", "reason": WHY},
        {"left": left, "right": right, "ruling": "perhaps", "reason": WHY},
        {"left": left, "right": right, "ruling": "same", "reason": "  "},
        {"left": left, "right": right, "ruling": "same", "reason": WHY, "n": 3},
    ):
        sides = [refused.pop("left"), refused.pop("right")]
        with pytest.raises(Refused):
            rule(*sides, by=None, **refused)
    unsure = rule(left, right, ruling="unsure", reason=WHY, by=None)
    with pytest.raises(Refused, match="no ruling"):
        take_back(unsure, reason=WHY, by=as_in_request(web, "verifikator_kabkota", "1771"))


def test_a_proposal_rules_by_persons(web: Any) -> None:
    from django.db import transaction

    from tangga.web.database import scope
    from tangga.web.viewer import open_for

    row = pairs(web, "1771")[0]
    people = (row["left_person_id"], row["right_person_id"])
    by = as_in_request(web, "kepala_dinas", "1771")
    with transaction.atomic():
        scope.close()
        open_for(by)
        found = actions.rule_persons(*people, ruling="same", reason=WHY, by=by)
        with pytest.raises(Refused, match="not in the register"):
            actions.rule_persons("P1", people[0], ruling="same", reason=WHY, by=by)
    assert {found.left_person, found.right_person} == set(people)
    assert found.area.startswith("1771")


def test_rulings_go_back_as_the_engine_reads_them(web: Any, tmp_path: Any) -> None:
    from tangga.engine.link.rulings import read_rulings
    from tangga.web.duplicates.returned import COLUMNS, rulings
    from tangga.web.overlay.returned_files import write_all

    row = pairs(web, "1771")[0]
    left, right = record(row, "left"), record(row, "right")
    for ruling in ("same", "different", "unsure"):
        rule(left, right, ruling=ruling, reason='a, "b"\nc', by=None)
    write_all(tmp_path / "new", [], (COLUMNS, rulings()), release="r")
    (found,) = read_rulings(tmp_path / "new" / "rulings")
    assert (found.ruling, found.left, found.right) == (
        "unsure", (left.source, left.id), (right.source, right.id),
    )  # fmt: skip


def test_a_new_field_key_seals_what_holds_a_number_anew(web: Any) -> None:
    import base64

    from tangga.web import secrets
    from tangga.web.duplicates.resealing import reseal

    number = "1811010101800001"
    old = secrets.of_the_service()
    before = rule(
        Record("dtks", old.stand_in(number)), Record("pkh", "A-1"),
        ruling="same", reason=WHY, by=None,
    )  # fmt: skip
    was = base64.b64encode(bytes(range(32))).decode()
    new = secrets.Secrets.of(base64.b64encode(bytes(range(1, 33))).decode(), [was])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tangga.web.duplicates.resealing.of_the_service", lambda: new)
        assert (reseal(), reseal()) == (1, 0)
    after = Ruling.objects.get()
    assert after.left_id == new.stand_in(number) != before.left_id
    assert after.pair != before.pair
