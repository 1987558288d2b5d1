"""There and back: what the service decided survives the next release, and is no longer beside it.

The real engine, twice: a release is loaded, people decide, `tangga web export` writes sources, a
later list says otherwise about one of them, `tangga run --full` makes the next release, and it is
loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from families import ask, one
from releases import release_of
from returned import DAY, accepted, copy_of, write

pytestmark = pytest.mark.slow

PEOPLE = """
SELECT p.person_id, p.family_id, p.area, p.name, p.nik FROM persons AS p
JOIN families AS f USING (family_id)
WHERE p.area LIKE '1811%%' AND p.status = 'active' AND p.nik IS NOT NULL AND f.kk IS NOT NULL
    AND f.head_person_id = p.person_id
    AND NOT EXISTS (SELECT FROM spells AS s WHERE s.family_id = p.family_id AND s.open)
    AND NOT EXISTS (SELECT FROM review_queue AS q
                    WHERE p.person_id IN (q.left_person_id, q.right_person_id))
ORDER BY p.person_id
"""
BARE = """
SELECT p.person_id, p.family_id, p.area FROM persons AS p
WHERE p.area LIKE '1811%%' AND p.status = 'active' AND p.nik IS NULL AND p.name IS NOT NULL
    AND NOT EXISTS (SELECT FROM review_queue AS q
                    WHERE p.person_id IN (q.left_person_id, q.right_person_id))
ORDER BY p.person_id LIMIT 1
"""
LATER = """
kind = "people"
files = ["later.csv"]
as_of = 2026-03-20
id = "id"
[columns]
nik = "nik"
name = "name"
birth_place = "birth_place"
"""


@dataclass
class Trip:
    """The service after the next release, and what had been decided before it."""

    web: Any
    workspace: Path
    person: dict[str, Any]
    neighbour: dict[str, Any]
    bare: dict[str, Any]
    visit: Any
    pair: dict[str, Any]
    item: Any
    value: Any
    spell: Any
    counts: dict[str, int]
    second: Any


@pytest.fixture(scope="module")
def trip(web: Any, workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    from tangga.engine.run import run_workspace
    from tangga.web.duplicates.actions import Record, rule
    from tangga.web.overlay import write as overlay
    from tangga.web.overlay.commands import export
    from tangga.web.register.commands import approve_release, load_release
    from tangga.web.secrets import unseal

    person, neighbour = ask(web, PEOPLE)[:2]
    item = accepted(person["area"], person["family_id"])
    common = {"item": item, "area": person["area"], "by": None, "family_id": person["family_id"]}
    value = write("person", item, person, "birth_place", "TALANG BATU")
    write("family", item, person, "floor_area", "41")
    overlay.event(event="rung_move", on_date=DAY, rung="empowerment", document="SK 3", **common)
    overlay.event(
        event="death", on_date=DAY, person_id=neighbour["person_id"],
        **{**common, "family_id": neighbour["family_id"]},
    )  # fmt: skip
    spell = overlay.spell(
        change="open", programme="sembako", valid_from=date(2026, 1, 1), status="active",
        document="SK 9/2026", **common,
    )  # fmt: skip
    for field, said in (("name", "PUTRI BUNGSU"), ("sex", "female"), ("relation", "child"),
                        ("birth_date", "2026-01-20"), ("village", person["area"])):  # fmt: skip
        overlay.value(
            entity="person", entity_id=f"new-{item.id.hex}-1", field=field, value=said, as_of=DAY,
            basis="document", **common,
        )  # fmt: skip
    pair = one(web, "SELECT * FROM review_queue WHERE why = 'weak' ORDER BY stake DESC LIMIT 1")
    sides = [Record(pair[f"{side}_source"], pair[f"{side}_id"], pair[f"{side}_person_id"],
                    pair["area"]) for side in ("left", "right")]  # fmt: skip
    rule(*sides, ruling="same", reason="Kedua kartu dilihat", by=None)
    bare = one(web, BARE)
    visit = visited(web, bare, {bare["person_id"]: {"hamlet": "WIRALAGA"},
                                neighbour["person_id"]: {"hamlet": "WIRALAGA"}})  # fmt: skip

    folder = copy_of(workspace, tmp_path_factory.mktemp("trip") / "workspace")
    counts = export(folder)
    (folder / "sources" / "later.toml").write_text(LATER, encoding="utf-8")
    number = unseal(bytes(person["nik"]))
    row = f"id,nik,name,birth_place\n1,{number},{person['name']},SIMPANG\n"
    (folder / "later.csv").write_text(row, encoding="utf-8")
    settings = folder / "tangga.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        "\n".join("as_of = 2026-03-31" if line.startswith("as_of") else line
                  for line in text.splitlines()) + "\n",
        encoding="utf-8",
    )  # fmt: skip
    run_workspace(folder, full=True)
    second = load_release(release_of(folder), by="loader")
    approve_release(second.number, by="approver")
    return Trip(
        web, folder, person, neighbour, bare, visit, pair, item, value, spell, counts, second
    )


def visited(web: Any, family: dict[str, Any], people: dict[str, dict[str, str]]) -> Any:
    """A visit at which members of families answered."""
    import uuid

    from tangga.web.journeys.visits.facts import Seen
    from tangga.web.journeys.visits.models import Visit
    from tangga.web.pack import pack

    results = pack().tables["visit"].columns["result"].codes
    return Visit.objects.create(
        id=uuid.uuid4(), family_id=family["family_id"], area=family["area"], on_date=DAY,
        by=web.user("pendamping_pkh", family["area"]), worker="W-1",
        result=next(iter(results.codes)), facts=Seen(people=people).sealed(),
    )  # fmt: skip


def now(trip: Trip, query: str, *values: Any) -> list[dict[str, Any]]:
    return ask(trip.web, query, *values)


def test_a_correction_survives_the_next_release(trip: Trip) -> None:
    (person,) = now(trip, "SELECT * FROM persons WHERE person_id = %s", trip.person["person_id"])
    assert person["birth_place"] == "TALANG BATU"
    (family,) = now(trip, "SELECT * FROM families WHERE family_id = %s", person["family_id"])
    assert int(family["floor_area"]) == 41


def test_a_later_better_source_is_shown_against_it(trip: Trip) -> None:
    query = "SELECT * FROM contradicted WHERE person_id = %s"
    (against,) = now(trip, query, trip.person["person_id"])
    assert against["correction_id"] == trip.value.correction_id
    assert (against["field"], against["said"], against["source"]) == (
        "birth_place", "SIMPANG", "later",
    )  # fmt: skip
    assert against["as_of"] == date(2026, 3, 20)


def test_both_are_on_the_pages_of_the_family(trip: Trip) -> None:
    client = trip.web.client("verifikator_kabkota", "1811")
    for part in ("", "sumber/"):
        page = client.get(f"/keluarga/{trip.person['family_id']}/{part}").content.decode()
        card = page.partition('id="dibantah"')[2].partition("</section>")[0]
        assert "Berlaku: TALANG BATU" in card and "menyebut: SIMPANG" in card
        assert trip.item.number in card and "20 Maret 2026" in card
    other = client.get(f"/keluarga/{trip.neighbour['family_id']}/").content.decode()
    assert 'id="dibantah"' not in other


def test_who_was_new_is_a_member_with_an_id_of_the_register(trip: Trip) -> None:
    query = "SELECT * FROM persons WHERE name = 'PUTRI BUNGSU'"
    (child,) = now(trip, query)
    assert child["family_id"] == trip.person["family_id"]
    assert child["birth_date"] == date(2026, 1, 20) and child["area"] == trip.person["area"]
    assert not child["person_id"].startswith("new-")


def test_events_and_support_have_their_effect(trip: Trip) -> None:
    query = "SELECT status FROM persons WHERE person_id = %s"
    (neighbour,) = now(trip, query, trip.neighbour["person_id"])
    assert neighbour["status"] == "dead"
    query = "SELECT rung FROM moves WHERE family_id = %s AND person_id IS NULL"
    assert {row["rung"] for row in now(trip, query, trip.person["family_id"])} == {"empowerment"}
    query = "SELECT programme, document, open FROM spells WHERE family_id = %s AND open"
    assert now(trip, query, trip.person["family_id"]) == [
        {"programme": "sembako", "document": "SK 9/2026", "open": True}
    ]


def test_a_visit_and_its_answers_are_of_whom_they_speak_of(trip: Trip) -> None:
    from tangga.web.overlay.consumed import taken

    (visit,) = now(trip, "SELECT * FROM visits WHERE source = 'web_visits'")
    assert visit["family_id"] == trip.bare["family_id"]
    assert taken([str(trip.visit.pk)]) == {str(trip.visit.pk)}
    for who in (trip.bare, trip.neighbour):
        query = "SELECT hamlet FROM persons WHERE person_id = %s"
        assert now(trip, query, who["person_id"]) == [{"hamlet": "WIRALAGA"}]
        query = "SELECT count(*) AS n FROM crosswalk WHERE source = 'web_people' AND person_id = %s"
        assert now(trip, query, who["person_id"]) == [{"n": 1}]


def test_two_records_ruled_the_same_are_one_person(trip: Trip) -> None:
    from tangga.web.secrets import of_the_service

    owners = {
        now(trip, "SELECT person_id FROM crosswalk WHERE source = %s AND source_id = %s",
            trip.pair[f"{side}_source"], trip.pair[f"{side}_id"])[0]["person_id"]
        for side in ("left", "right")
    }  # fmt: skip
    assert of_the_service() and len(owners) == 1


def test_what_the_release_took_in_no_longer_stands_beside_it(trip: Trip) -> None:
    from tangga.web.overlay.consumed import taken
    from tangga.web.overlay.models import Event, Spell, Value
    from tangga.web.overlay.read import open_rows, values_of

    everything = [row.correction_id for m in (Value, Event, Spell) for row in m.objects.all()]
    assert len(everything) == 10
    assert taken(everything) == frozenset(everything)
    assert [open_rows(model).count() for model in (Value, Event, Spell)] == [0, 0, 0]
    assert values_of(trip.person["family_id"]) == []


def test_what_is_decided_after_the_export_stays_in_the_overlay(trip: Trip) -> None:
    from tangga.web.overlay.consumed import taken
    from tangga.web.overlay.read import values_of

    late = write("person", accepted(trip.person["area"], number="USL/1811/2026/000002"),
                 trip.person, "birth_place", "MESUJI")  # fmt: skip
    assert values_of(trip.person["family_id"]) == [late]
    assert not taken([late.correction_id])
    late.delete()


def test_the_next_export_brings_all_of_it_again(trip: Trip) -> None:
    from tangga.web.overlay.commands import export

    before = {file: file.read_bytes() for file in (trip.workspace / "returns").glob("*.csv")}
    assert export(trip.workspace) == trip.counts
    for file, content in before.items():
        assert file.read_bytes() == content, file.name


def test_going_back_to_the_release_before_brings_the_overlay_back(trip: Trip) -> None:
    from tangga.web.overlay.models import Value
    from tangga.web.overlay.read import open_rows
    from tangga.web.register.commands import rollback_release

    rollback_release(by="approver", reason="uji coba kembali")
    assert open_rows(Value).count() == 7
