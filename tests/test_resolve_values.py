"""What is believed, and what changes it: survivorship, corrections, events, the civil registry."""

from __future__ import annotations

import json
import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from small_register import Given, Register, resolve_by_hand, row
from tangga.engine.catalogue import Run
from tangga.engine.resolve.provenance import provenance_view
from tangga.engine.resolve.survivorship import load_rules
from tangga.errors import BadPack

OLD, MID, NEW = date(2021, 1, 1), date(2023, 1, 1), date(2025, 1, 1)
NIK, OTHER = "1811010101800001", "1811015501820001"


def one_person(folder: Path, *records: dict[str, Any], **others: list[dict]) -> Register:
    """A register in which all these records are one person."""
    people = {"one": [r["source_id"] for r in records]}
    return resolve_by_hand(folder, Given(list(records), people, dict(others)))


def test_the_most_recent_value_wins_and_gaps_are_filled(tmp_path: Path) -> None:
    found = one_person(
        tmp_path,
        row("a", "1", as_of=OLD, address="Jalan Lama", rt="001"),
        row("b", "2", as_of=NEW, address="Jalan Baru", rt=None),
    )
    assert (found.value("1", "address"), found.value("1", "rt")) == ("Jalan Baru", "001")


def test_the_civil_registry_is_believed_about_identity_only(tmp_path: Path) -> None:
    found = one_person(
        tmp_path,
        row("a", "1", as_of=NEW, name="Siti A", village="1811012001"),
        row("r", "2", as_of=OLD, kind="civil_registry", name="SITI AMINAH", village="1811012002"),
    )
    assert found.value("1", "name") == "SITI AMINAH"
    assert found.value("1", "village") == "1811012001"


def test_trust_then_the_key_decides_between_equal_days(tmp_path: Path) -> None:
    found = one_person(
        tmp_path,
        row("a", "1", trust=10, rt="001", rw="001"),
        row("b", "2", trust=50, rt="002", rw=None),
        row("c", "3", trust=10, rt=None, rw="003"),
    )
    assert found.value("1", "rt") == "002"
    smaller = min(row("a", "1"), row("c", "3"), key=lambda r: r["rid"])["source"]
    assert found.value("1", "rw") == {"a": "001", "c": "003"}[smaller]


def test_a_base_value_stands_and_a_later_different_one_is_proposed(tmp_path: Path) -> None:
    found = one_person(
        tmp_path,
        row("d", "1", role="base", as_of=MID, address="Dusun Satu", rt=None, name="BUDI"),
        row("a", "2", as_of=NEW, address="Dusun Dua", rt="007", name="Budi"),
        row("b", "3", as_of=OLD, address="Dusun Nol", name="Budi"),
    )
    assert (found.value("1", "address"), found.value("1", "rt")) == ("Dusun Satu", "007")
    (proposal,) = found.table("proposals")
    assert (proposal["field"], proposal["base_value"], proposal["local_value"]) == (
        "address",
        "Dusun Satu",
        "Dusun Dua",
    )
    assert proposal["source"] == "a"


def test_losing_and_superseded_values_remain_readable(tmp_path: Path) -> None:
    found = one_person(
        tmp_path,
        row("a", "1", as_of=OLD, rt="001"),
        row("b", "2", as_of=NEW, rt="002"),
        {**row("b", "2", as_of=MID, rt="009", latest=False), "rid": 5},
    )
    sql = provenance_view(Run(found.folder), found.person("1"))
    rows = duckdb.sql(f"SELECT value, won, rule FROM ({sql}) WHERE field = 'rt' ORDER BY value")
    assert rows.fetchall() == [
        ("001", False, "latest"),
        ("002", True, "latest"),
        ("009", False, "superseded"),
    ]


def _plainly(records: list[dict[str, Any]], column: str, identity: bool) -> Any:
    """Survivorship as one would say it: sort, take the first value that is there."""
    order = sorted(
        (r for r in records if r[column] is not None),
        key=lambda r: (
            r["role"] != "base",
            identity and r["kind"] != "civil_registry",
            -r["as_of"].toordinal(),
            -r["trust"],
            r["rid"],
        ),
    )
    return order[0][column] if order else None


def test_side_by_side_and_aggregate_agree_with_the_plain_reading(tmp_path: Path) -> None:
    chance = random.Random(7)
    records, people = [], {}
    for person in range(120):
        many = chance.choice([1, 1, 2, 3, 4, 5, 7])
        people[str(person)] = [f"{person}.{n}" for n in range(many)]
        for source_id in people[str(person)]:
            records.append(
                row(
                    chance.choice("abc"),
                    source_id,
                    as_of=chance.choice([OLD, MID, NEW]),
                    trust=chance.choice([1, 2]),
                    kind=chance.choice(["people", "people", "civil_registry"]),
                    role=chance.choice([None, None, "base"]),
                    nik=chance.choice([None, NIK, OTHER]),
                    name=chance.choice(["A", "B", None]),
                    rt=chance.choice(["001", "002", None]),
                )
            )
    found = resolve_by_hand(tmp_path, Given(records, people))
    by_id = {r["source_id"]: r for r in records}
    persons = {p["person_id"]: p for p in found.table("persons")}
    for person, source_ids in people.items():
        mine = [by_id[s] for s in source_ids]
        got = persons[found.person(f"{person}.0")]
        for column, identity in (("nik", True), ("name", True), ("rt", False)):
            assert got[column] == _plainly(mine, column, identity), (person, column)


def test_rules_of_a_pack_are_checked(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    file = tmp_path / "models" / "survivorship.toml"
    for text, said in (
        ('[rules]\nlatest = ["newest"]\n', "newest"),
        ('[rules]\nlatest = ["recent"]\n[person]\nnik = "oldest"\n', "oldest"),
        ('[rule]\nlatest = ["recent"]\n', "rule"),
    ):
        file.write_text(text)
        with pytest.raises(BadPack, match=said):
            load_rules(tmp_path)


def event(source_id: str, what: str, on: date, **values: Any) -> dict[str, Any]:
    """An event as standardise writes it."""
    columns = {"kk": None, "new_kk": None, "other_nik": None, "birth_date": None, "nik": None}
    return row("e", source_id, kind="events", event=what, on_date=on, **{**columns, **values})


def couple() -> list[dict[str, Any]]:
    """A family of three on card 10, and a neighbour on card 20."""
    return [
        row("a", "suami", family="1", kk="10", nik=NIK, name="Adi"),
        row("a", "istri", family="1", kk="10", nik=OTHER, name="Ida"),
        row("a", "anak", family="1", kk="10", name="Eko", birth_date=date(2015, 5, 5)),
        row("a", "tetangga", family="2", kk="20", nik="1811010101700009", name="Oni"),
    ]


def with_events(folder: Path, *events: dict[str, Any]) -> Register:
    return resolve_by_hand(folder, Given(couple(), {}, {"events": list(events)}))


DEATH = date(2025, 10, 1)


def test_a_death_ends_memberships_and_nothing_else(tmp_path: Path) -> None:
    found = with_events(tmp_path, event("1", "death", DEATH, nik=NIK, name="adi"))
    assert found.value("suami", "status") == "dead"
    assert found.value("suami", "valid_to") == DEATH
    rows = [m for m in found.table("memberships") if m["person_id"] == found.person("suami")]
    assert rows and {m["valid_to"] for m in rows} == {DEATH}
    assert not any(m["programme"] for m in rows)
    assert found.family("suami") == found.family("istri")
    heads = {f["family_id"]: f["head_person_id"] for f in found.table("families")}
    assert heads[found.family("istri")] != found.person("suami")
    assert found.value("istri", "status") == "active"


def test_a_death_that_is_not_certain_goes_to_review(tmp_path: Path) -> None:
    found = with_events(
        tmp_path,
        event("1", "death", DEATH, nik=NIK, name="Somebody Else"),
        event("2", "death", DEATH, nik="9999990101010001", name="Adi"),
    )
    assert found.value("suami", "status") == "active"
    review = {(r["source_id"], r["why"]) for r in found.table("event_review")}
    assert review == {("1", "not_confirmed"), ("2", "not_found")}


def test_a_person_wrongly_dead_is_restored(tmp_path: Path) -> None:
    found = with_events(
        tmp_path,
        event("1", "death", DEATH, nik=NIK, name="Adi"),
        event("2", "restored", date(2025, 11, 1), nik=NIK, name="Adi"),
    )
    assert found.value("suami", "status") == "active"
    assert [m["valid_to"] for m in found.memberships("suami", "found")] == [None]


def test_events_are_applied_again_at_every_run(tmp_path: Path) -> None:
    given = Given(couple(), {}, {"events": [event("1", "death", DEATH, nik=NIK, name="Adi")]})
    first = resolve_by_hand(tmp_path / "1", given)
    second = resolve_by_hand(tmp_path / "2", given, previous=first.folder)
    assert first.table("memberships") == second.table("memberships")
    assert second.value("suami", "status") == "dead"


def test_a_couple_that_divorces_is_two_families(tmp_path: Path) -> None:
    found = with_events(tmp_path, event("1", "divorce", DEATH, nik=NIK, name="Adi"))
    assert found.family("suami") != found.family("istri") == found.family("anak")
    past, now = found.memberships("suami", "found")
    assert (past["valid_to"], now["valid_from"]) == (DEATH, DEATH)


def test_a_marriage_puts_both_on_the_new_card(tmp_path: Path) -> None:
    wedding = event(
        "1",
        "marriage",
        DEATH,
        nik="1811010101700009",
        name="Oni",
        other_nik=OTHER,
        new_kk="30",
    )
    found = with_events(tmp_path, wedding)
    assert found.family("tetangga") == found.family("istri") != found.family("suami")
    assert found.memberships("istri", "card")[-1]["kk"] == "30"


def test_a_newborn_is_found_by_name_on_the_card(tmp_path: Path) -> None:
    found = with_events(tmp_path, event("1", "birth", date(2015, 5, 5), kk="10", name="EKO"))
    (born,) = found.table("events")
    assert (born["person_id"], born["attached_by"]) == (found.person("anak"), "card")
    assert found.table("event_review") == []


def registry(source_id: str, status: str, **values: Any) -> dict[str, Any]:
    return row("r", source_id, kind="civil_registry", status=status, as_of=NEW, **values)


def test_the_civil_registry_lists_and_ends_nothing(tmp_path: Path) -> None:
    born = date(1980, 1, 1)
    records = [
        *couple(),
        registry("r1", "dead", nik=NIK, name="ADI", birth_date=None),
        registry("r2", "active", nik=OTHER, name="IDA LAKSMI", birth_date=born),
        registry("r3", "dead", nik="1811010101709999", name="Oni", birth_date=born),
        registry("r4", "moved", nik="1811010101705555", name="Nobody Here", birth_date=born),
    ]
    people = {"s": ["suami", "r1"], "i": ["istri", "r2"], "t": ["tetangga", "r3"]}
    found = resolve_by_hand(tmp_path, Given(records, people))
    matches = {m["person_id"]: m for m in found.table("civil_matches")}
    states = {s: matches[found.person(s)]["state"] for s in ("suami", "istri", "anak", "r4")}
    assert states == {
        "suami": "dead",
        "istri": "matched_with_differences",
        "anak": "not_found",
        "r4": "moved",
    }
    assert json.loads(matches[found.person("istri")]["differences"]) == ["name"]
    assert [d["person_id"] for d in found.table("deaths")] == [found.person("suami")]
    assert [d["person_id"] for d in found.table("death_review")] == [found.person("tetangga")]
    assert {p["status"] for p in found.table("persons")} == {"active"}
    assert all(m["valid_to"] is None for m in found.table("memberships"))
    papers = {(p["person_id"], p["reason"]) for p in found.table("without_papers")}
    assert papers == {(found.person("anak"), "no_number")}


def test_a_correction_stands_above_the_sources_and_is_proposed_upward(tmp_path: Path) -> None:
    base = row("d", "1", role="base", name="Adi", nik=NIK, rt="001", family="D1", kk="10")
    first = resolve_by_hand(tmp_path / "1", Given([base], {}))

    def correction(source_id: str, value: str, at: datetime) -> dict[str, Any]:
        return row(
            "k",
            source_id,
            kind="corrections",
            correction_id=source_id,
            person_id=first.person("1"),
            family_id=None,
            field="rt",
            value=value,
            accepted_at=at,
            basis="visit",
        )

    said = [
        correction("k1", "004", datetime(2026, 1, 2)),
        correction("k2", "003", datetime(2026, 1, 1)),
    ]
    given = Given([base], {}, {"corrections": said})
    found = resolve_by_hand(tmp_path / "2", given, previous=first.folder)
    assert found.value("1", "rt") == "004"
    assert {c["attached_by"] for c in found.table("corrections")} == {"id"}
    assert found.table("corrections")[0]["family_id"] == found.family("1")
    proposed = [(p["field"], p["local_value"], p["basis"]) for p in found.table("proposals")]
    assert proposed == [("rt", "004", "visit")]
    sql = provenance_view(Run(found.folder), found.person("1"))
    rows = duckdb.sql(f"SELECT value, rule, won FROM ({sql}) WHERE field = 'rt' ORDER BY value")
    assert rows.fetchall() == [("001", "base", False), ("004", "correction", True)]


@pytest.mark.parametrize(
    ("reference", "who", "by"),
    [
        ({"nik": NIK}, "suami", "nik"),
        ({"nik": "1811010101990001"}, None, "not_found"),
        ({"person_source_id": "istri", "reference_source": "a"}, "istri", "source_id"),
        ({"person_source_id": "istri", "reference_source": "b"}, None, "not_found"),
        ({"kk": "10", "name": "EKO"}, "anak", "card"),
        ({"kk": "10"}, None, "card"),
        ({"family_source_id": "1", "reference_source": "a"}, None, "source_id"),
        ({"nik": "1811010101700009", "name": "Oni"}, "tetangga", "nik"),
        ({"nik": "1811010101700009"}, None, "ambiguous"),
        ({}, None, "not_found"),
    ],
)
def test_rows_are_attached_exactly_or_say_why_not(
    tmp_path: Path, reference: dict[str, str], who: str | None, by: str
) -> None:
    borrowed = row("b", "cucu", family="2", kk="20", nik="1811010101700009", name="Upi")
    columns = {"nik", "kk", "name", "person_source_id", "family_source_id", "reference_source"}
    payment = row("p", "1", kind="payments", amount=5, **{**dict.fromkeys(columns), **reference})
    found = resolve_by_hand(tmp_path, Given([*couple(), borrowed], {}, {"payments": [payment]}))
    (paid,) = found.table("payments")
    assert (paid["attached_by"], paid["person_id"]) == (by, found.person(who) if who else None)
    family = who or ("suami" if by in ("card", "source_id") else None)
    assert paid["family_id"] == (found.family(family) if family else None)


def test_a_home_is_the_familys_by_its_own_source(tmp_path: Path) -> None:
    home = row(
        "h",
        "1",
        kind="families",
        family_source_id="1",
        reference_source="a",
        floor="earth",
        kk=None,
    )
    newer = {**home, **row("h", "2", kind="families"), "as_of": NEW, "floor": "tile"}
    newer |= {"source_family_id": None}
    given = Given(couple(), {}, {"families": [{**home, "as_of": OLD}, newer]})
    found = resolve_by_hand(tmp_path, given)
    floors = {f["family_id"]: f["floor"] for f in found.table("families")}
    assert floors[found.family("suami")] == "tile" and floors[found.family("tetangga")] is None
    assert {f["kk"] for f in found.table("families")} == {"10", "20"}


def test_what_a_visit_saw_is_believed_by_its_day(tmp_path: Path) -> None:
    about = {"family_source_id": "1", "reference_source": "a", "kk": None}
    survey = row("h", "1", kind="families", floor="earth", roof="thatch", **about)
    seen = row("v", "1", kind="visits", floor="tile", income_month=900_000, **about)
    seen |= {"source_family_id": None, "as_of": NEW, "on_date": NEW, "village": "1811012009"}
    later = seen | row("v", "2", kind="visits") | {"on_date": date(2030, 1, 1), "floor": "wood"}
    later |= {"source_family_id": None, "as_of": NEW}
    kinds = {"families": [{**survey, "as_of": OLD, "source_family_id": None}], "visits": [seen]}
    found = resolve_by_hand(tmp_path, Given(couple(), {}, kinds))
    home = {f["family_id"]: f for f in found.table("families")}[found.family("suami")]
    assert (home["floor"], home["roof"], home["income_month"]) == ("tile", "thatch", 900_000)
    assert home["village"] != "1811012009"  # where the visit took place is no fact of the family

    kinds["visits"].append(later)
    future = resolve_by_hand(tmp_path / "future", Given(couple(), {}, kinds))
    home = {f["family_id"]: f for f in future.table("families")}[future.family("suami")]
    assert home["floor"] == "tile"  # a visit after the run's day has not happened
    with duckdb.connect() as con:
        view = provenance_view(Run(found.folder), family_id=found.family("suami"))
        said = con.execute(f"SELECT field, value, source, won FROM ({view}) ORDER BY ALL")
        assert ("floor", "earth", "h", False) in (rows := said.fetchall())
        assert ("floor", "tile", "v", True) in rows
