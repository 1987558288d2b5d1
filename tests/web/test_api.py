"""The API: the rows of the token's area, the columns of its role, page after page."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from api_tokens import Program, program

pytestmark = pytest.mark.filterwarnings("ignore:No directory at")

HERE, THERE = "1811", "1771"


@pytest.fixture(scope="module")
def kabupaten(web: Any) -> Program:
    """A program of the office of one kabupaten."""
    return program(web, "operator_kabkota", HERE)


@pytest.fixture(scope="module")
def ministry(web: Any) -> Program:
    """A program of the ministry."""
    return program(web, "kemensos", "")


@pytest.fixture(scope="module")
def register(web: Any) -> dict[str, Any]:
    """What the database holds, read past every policy."""
    with web.owner() as con:
        con.execute("SET search_path = r_1, public")
        return {
            "families": dict(con.execute("SELECT family_id, area FROM families").fetchall()),
            "active": dict(con.execute("SELECT family_id, area FROM family_index").fetchall()),
            "persons": dict(con.execute("SELECT person_id, area FROM persons").fetchall()),
            "named": con.execute(
                "SELECT person_id, name, birth_year, area FROM persons WHERE name IS NOT NULL "
                "AND nik IS NOT NULL AND status = 'active' ORDER BY person_id"
            ).fetchall(),
        }


def _inside(of: dict[str, str], area: str) -> set[str]:
    return {key for key, place in of.items() if place.startswith(area)}


def test_the_release_in_force_is_told(kabupaten: Program) -> None:
    answer = kabupaten.get("release").json()
    assert answer["number"] == 1
    assert answer["as_of"] == "2026-01-31"


def test_an_area_is_told_with_those_right_inside_it(kabupaten: Program, ministry: Program) -> None:
    own = kabupaten.get("areas").json()
    assert (own["code"], own["level"], own["above"]) == (HERE, "regency", [])
    assert all(len(each["code"]) == 6 and each["code"].startswith(HERE) for each in own["below"])
    nation = ministry.get("areas").json()
    assert {"11", "18"} <= {each["code"] for each in nation["below"]}
    assert [each["code"] for each in ministry.get("areas", code=HERE).json()["above"]] == ["18", ""]


def test_pages_of_families_give_each_family_of_the_area_once(
    kabupaten: Program, ministry: Program, register: dict[str, Any]
) -> None:
    for asks, area in ((kabupaten, HERE), (ministry, "")):
        found = [each["family_id"] for each in asks.all("families", limit=37)]
        assert len(found) == len(set(found))
        assert set(found) == _inside(register["active"], area)


def test_a_filter_keeps_what_it_says(kabupaten: Program) -> None:
    every = kabupaten.all("families", limit=200)
    for name, value in (("rung", "protection"), ("decile", 1), ("needs_visit", True)):
        expected = {each["family_id"] for each in every if each[name] == value}
        asked = str(value).lower() if isinstance(value, bool) else value
        assert {
            each["family_id"] for each in kabupaten.all("families", **{name: asked})
        } == expected
        assert expected
    due = {each["family_id"] for each in every if (each["months_left"] or 99) <= 6}
    found = kabupaten.all("families", months_left_at_most=6)
    assert {each["family_id"] for each in found} >= due


def test_a_family_and_its_members(kabupaten: Program, register: dict[str, Any]) -> None:
    family = min(_inside(register["active"], HERE))
    one = kabupaten.get(f"families/{family}").json()
    assert one["item"]["family_id"] == family
    assert one["masked"] == ["kk"]
    members = kabupaten.get(f"families/{family}/persons").json()
    person = members["items"][0]
    assert person["family_id"] == family
    again = kabupaten.get(f"persons/{person['person_id']}").json()
    assert again["item"] == person
    assert set(again["masked"]) == {"nik", "kk"}


def test_no_answer_holds_a_whole_national_number(web: Any, kabupaten: Program) -> None:
    from tangga.web.secrets import unseal

    with web.owner() as con:
        con.execute("SET search_path = r_1, public")
        sealed = con.execute("SELECT nik FROM persons WHERE nik IS NOT NULL").fetchall()
        sealed += con.execute("SELECT kk FROM families WHERE kk IS NOT NULL").fetchall()
    numbers = {unseal(one) for (one,) in sealed}
    text = "".join(
        kabupaten.get(path, limit=100).content.decode()
        for path in ("families", "decisions", "moves", "lists/unmatched", "lists/gone")
    )
    assert not [number for number in numbers if number in text]


def test_what_lies_outside_the_area_is_not_there(
    kabupaten: Program, register: dict[str, Any]
) -> None:
    family = min(_inside(register["families"], THERE))
    person = min(_inside(register["persons"], THERE))
    for path in (f"families/{family}", f"families/{family}/persons", f"persons/{person}"):
        assert kabupaten.get(path).status_code == 404
    for path in ("families", "decisions", "ranking", "moves", "figures", "lists/families"):
        assert kabupaten.get(path, area=THERE).status_code == 404
        assert kabupaten.get(path, area="18").status_code == 404
    assert kabupaten.all("decisions", family=family) == []


def test_decisions_ranks_and_moves_are_those_of_the_area(
    web: Any, kabupaten: Program, register: dict[str, Any]
) -> None:
    with web.owner() as con:
        con.execute("SET search_path = r_1, public")
        for table in ("decisions", "ranking", "moves"):
            row = con.execute(
                f"SELECT count(*) FROM {table} WHERE starts_with(area, %s)", [HERE]
            ).fetchone()
            found = kabupaten.all(table, limit=120)
            assert len(found) == row[0] > 0
            assert {each["area"][:4] for each in found} == {HERE}


def test_a_decision_has_its_reasons_and_its_basis(kabupaten: Program) -> None:
    found = kabupaten.all("decisions", programme="pkh", limit=200)
    assert {each["values"]["programme"] for each in found} == {"pkh"}
    reasons = found[0]["values"]["reasons"]
    assert {"rule", "answer"} <= set(reasons[0])
    assert found[0]["values"]["basis"]


def test_names_are_found_although_mistyped(kabupaten: Program, register: dict[str, Any]) -> None:
    person, name, year, _ = next(
        row for row in register["named"] if row[3].startswith(HERE) and len(row[1]) > 14
    )
    asked = {"name": name[:3] + name[4:], "birth_year": year, "limit": 50}
    answer = kabupaten.post("persons/search", asked).json()
    assert person in {each["person_id"] for each in answer["items"]}
    assert {each["area"][:4] for each in answer["items"]} == {HERE}
    shown = [each["numbers"]["nik"] or "*" for each in answer["items"]]
    assert all(one.startswith("*") for one in shown)


def test_a_person_is_found_by_a_whole_number_of_the_own_area_only(
    web: Any, kabupaten: Program, ministry: Program, register: dict[str, Any]
) -> None:
    from tangga.web.secrets import unseal

    person = next(row[0] for row in register["named"] if row[3].startswith(THERE))
    with web.owner() as con:
        sealed = con.execute("SELECT nik FROM r_1.persons WHERE person_id = %s", [person])
        nik = unseal(sealed.fetchone()[0])
    asked = {"kind": "nik", "number": f"{nik[:6]}.{nik[6:]}"}
    assert person in [
        each["person_id"] for each in ministry.post("persons/lookup", asked).json()["items"]
    ]
    assert kabupaten.post("persons/lookup", asked).json()["items"] == []


def test_a_figure_is_the_number_of_rows_of_its_list(kabupaten: Program, ministry: Program) -> None:
    for asks in (kabupaten, ministry):
        figures = [each for each in asks.get("figures").json()["items"] if each["key"] == ""]
        listed = {each["name"] for each in asks.get("lists").json()["items"]}
        assert len(figures) > 8
        for figure in figures:
            counts = figure["list"] in listed and not figure["sum"]
            if counts and figure["value"] is not None:
                rows = asks.all(f"lists/{figure['list']}", limit=500)
                assert len(rows) == figure["value"], figure


def test_a_list_can_be_narrowed_as_its_figure_is_split(kabupaten: Program) -> None:
    split = [
        each
        for each in kabupaten.get("figures").json()["items"]
        if each["figure"] == "families_by_decile"
    ]
    assert split
    for each in split:
        rows = kabupaten.all("lists/families", filter="decile", key=each["key"], limit=500)
        assert len(rows) == each["value"]


def test_columns_are_hidden_by_class(web: Any, register: dict[str, Any]) -> None:
    family = min(_inside(register["active"], HERE))
    bps = program(web, "bps", HERE)
    members = bps.get(f"families/{family}/persons").json()
    assert "nik" in members["masked"]
    assert "name" in members["masked"]
    assert all("***" in (each["values"]["name"] or "***") for each in members["items"])
    brief = bps.get("families", limit=1).json()
    assert "head_name" in brief["hidden"]
    assert brief["items"][0]["head_name"] is None
    assert bps.post("persons/search", {"name": "siti"}).status_code == 403


def test_a_scope_narrows_the_role(web: Any, register: dict[str, Any]) -> None:
    family = min(_inside(register["active"], HERE))
    only_figures = program(web, "operator_kabkota", HERE, "figures")
    assert only_figures.get("figures").status_code == 200
    for path in (f"families/{family}", "families", "decisions", "lists"):
        assert only_figures.get(path).status_code == 403
    assert only_figures.post("persons/search", {"name": "siti"}).status_code == 403


def test_case_data_is_for_no_token_of_an_office(ministry: Program) -> None:
    named = {each["name"] for each in ministry.get("lists").json()["items"]}
    assert "cases" not in named
    programmes = {each["values"]["programme"] for each in ministry.all("decisions", limit=200)}
    assert not [one for one in programmes if "rehab" in one]


def test_every_reading_is_in_the_trail_and_no_name_or_number_is(
    web: Any, kabupaten: Program, register: dict[str, Any]
) -> None:
    family = min(_inside(register["active"], HERE))
    with psycopg.connect(web.superuser_url) as con:
        before = con.execute("SELECT max(id) FROM audit_events").fetchone()[0]
    kabupaten.get(f"families/{family}")
    kabupaten.get("decisions", limit=2)
    kabupaten.post("persons/search", {"name": "rahasia sekali"})
    kabupaten.post("persons/lookup", {"kind": "nik", "number": "1811010101010001"})
    with psycopg.connect(web.superuser_url) as con:
        found = con.execute(
            "SELECT what, family_id, area, about::text FROM audit_events WHERE id > %s ORDER BY id",
            [before],
        ).fetchall()
    assert [row[0] for row in found] == ["api_family", "api_page", "api_search", "api_lookup"]
    assert found[0][1] == family
    assert json.loads(found[1][3])["operation"] == "decisions"
    told = json.dumps(found)
    assert "rahasia" not in told
    assert "1811010101010001" not in told
