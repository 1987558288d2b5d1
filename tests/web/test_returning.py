"""`tangga web export`: what was decided, as sources that the engine takes, and only those."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from families import ask, one
from returned import DAY, accepted, write

from tangga.engine.workspace import load_workspace
from tangga.errors import Conflict, UserError
from tangga.web.overlay import returning
from tangga.web.overlay import write as overlay
from tangga.web.overlay.answers import Part
from tangga.web.overlay.commands import export
from tangga.web.overlay.models import Event, Spell, Value
from tangga.web.overlay.returned_files import write_all
from tangga.web.overlay.returning import everything

PEOPLE = """
SELECT p.person_id, p.family_id, p.area, p.name, p.village FROM persons AS p
JOIN families AS f USING (family_id)
WHERE p.area LIKE %s AND p.status = 'active' AND f.kk IS NOT NULL ORDER BY p.person_id
"""
TANGGA = 'name = "Kembali"\npack = "indonesia"\nas_of = 2026-03-31\n'


@pytest.fixture(autouse=True)
def nothing_decided(web: Any) -> Iterator[None]:
    """Each test begins with an empty overlay."""
    yield
    with web.owner() as con:
        for table in ("overlay_value", "overlay_event", "overlay_spell", "duplicates_ruling",
                      "work_taken", "work_item"):  # fmt: skip
            con.execute(f"DELETE FROM {table}")


def rows_of(folder: Path, kind: str) -> dict[str, dict[str, str]]:
    """The rows of a file by id."""
    with (folder / "returns" / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def decided(web: Any) -> dict[str, Any]:
    """One decision of every kind about people of Mesuji."""
    first, second = ask(web, PEOPLE, "1811%")[:2]
    item = accepted(first["area"], first["family_id"])
    family = {**first}
    common = {"family_id": first["family_id"], "area": first["area"], "by": None}
    new = f"new-{item.id.hex}-1"
    return {
        "first": first, "second": second, "new": new,
        "value": write("person", item, first, "birth_place", "Mesuji, \"Timur\"\nLama"),
        "unknown": write("family", item, family, "roof", None),
        "event": overlay.event(
            item=item, event="marriage", on_date=DAY, person_id=first["person_id"],
            about={"new_kk": "1811010101260001", "other_person_id": second["person_id"]}, **common,
        ),
        "move": overlay.event(
            item=item, event="rung_move", on_date=DAY, rung="empowerment", document="SK 3", **common
        ),
        "added": [
            overlay.value(
                item=item, entity="person", entity_id=new, field=field, value=value, as_of=DAY,
                basis="document", **common,
            )
            for field, value in (("name", "ADIK BARU"), ("sex", "female"),
                                 ("birth_date", "2026-01-20"), ("relation", "child"))
        ],
        "spell": overlay.spell(
            item=item, change="open", programme="sembako", valid_from=date(2026, 1, 1),
            status="active", document="SK 9/2026", **common,
        ),
    }  # fmt: skip


def test_each_kind_is_a_file_and_a_descriptor_that_the_engine_reads(
    web: Any, tmp_path: Path
) -> None:
    said = decided(web)
    counts = export(tmp_path / "new")
    assert counts == {"corrections": 6, "events": 2, "enrolments": 1, "people": 1, "rulings": 0}
    (tmp_path / "new" / "tangga.toml").write_text(TANGGA, encoding="utf-8")
    sources = {source.name: source for source in load_workspace(tmp_path / "new").sources}
    assert {name: source.kind for name, source in sources.items()} == {
        f"web_{kind}": kind for kind in counts if kind != "rulings"
    }
    assert {name for name, source in sources.items() if source.acknowledged} == {
        "web_events", "web_enrolments",
    }  # fmt: skip
    events = rows_of(tmp_path / "new", "events")
    move = events[said["move"].correction_id]
    assert (move["family_id"], move["person_id"]) == (said["first"]["family_id"], "")
    assert (move["rung"], move["document"], move["on_date"]) == (
        "empowerment", "SK 3", "2026-02-01",
    )  # fmt: skip


def test_people_are_named_by_our_id_and_by_a_record_of_theirs(web: Any, tmp_path: Path) -> None:
    said = decided(web)
    export(tmp_path / "new")
    row = rows_of(tmp_path / "new", "events")[said["event"].correction_id]
    assert row["person_id"] == said["first"]["person_id"]
    known = "SELECT person_id FROM crosswalk WHERE source = %s AND source_id = %s"
    found = ask(web, known, row["reference_source"], row["person_source_id"])
    assert [one["person_id"] for one in found] == [said["first"]["person_id"]]
    assert row["new_kk"] == "1811010101260001"
    from tangga.web.secrets import unseal

    other = one(web, "SELECT nik FROM persons WHERE person_id = %s", said["second"]["person_id"])
    assert row["other_nik"] == (unseal(bytes(other["nik"])) if other["nik"] else "")


def test_what_is_not_known_any_more_is_said_too(web: Any, tmp_path: Path) -> None:
    said = decided(web)
    export(tmp_path / "new")
    rows = rows_of(tmp_path / "new", "corrections")
    value = rows[said["value"].correction_id]
    assert value["value"] == 'Mesuji, "Timur" Lama', "on one line, whatever somebody typed"
    assert value["accepted_at"].startswith(f"{said['value'].at:%Y-%m}")
    unknown = rows[said["unknown"].correction_id]
    assert (unknown["field"], unknown["value"]) == ("roof", "")
    assert unknown["family_id"] == said["first"]["family_id"]


def test_somebody_new_comes_as_a_person_with_the_card_of_the_family(
    web: Any, tmp_path: Path
) -> None:
    from tangga.web.secrets import unseal

    said = decided(web)
    export(tmp_path / "new")
    (row,) = rows_of(tmp_path / "new", "people").values()
    query = "SELECT kk FROM families WHERE family_id = %s"
    card = unseal(bytes(one(web, query, said["first"]["family_id"])["kk"]))
    assert (row["id"], row["name"], row["kk"]) == (said["new"], "ADIK BARU", card)
    rows = rows_of(tmp_path / "new", "corrections")
    name = rows[said["added"][0].correction_id]
    assert (name["person_id"], name["reference_source"], name["person_source_id"]) == (
        "", "web_people", said["new"],
    )  # fmt: skip


def test_answers_of_a_visit_are_records_of_whom_they_speak_of(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = (
        "SELECT person_id, name FROM persons WHERE area LIKE '1811%%' AND nik IS {} NULL LIMIT 1"
    )
    numbered, bare = one(web, known.format("NOT")), one(web, known.format(""))
    columns = ("id", "person_id", "family_id", "as_of", "school_level")
    people = (numbered["person_id"], bare["person_id"], "P1")
    rows = [(f"J-{n}", person, "F1", DAY, "01") for n, person in enumerate(people, 1)]
    monkeypatch.setattr(returning, "_parts", lambda: iter([Part("people", columns, rows)]))
    found = everything()
    (part,) = found.parts
    assert part.columns == ("id", "as_of", "nik", "name", "school_level")
    (one_, other) = part.rows
    assert one_[2] and one_[3] is None, "nothing is echoed beside the number"
    assert (other[2], other[3]) == (None, bare["name"])
    assert [(row[0], row[1], row[4]) for row in found.rulings] == [
        ("web_people", "J-1", "same"), ("web_people", "J-2", "same"),
    ]  # fmt: skip


def test_support_opened_here_goes_back_as_it_stands(web: Any, tmp_path: Path) -> None:
    said = decided(web)
    item = said["spell"].item
    common = {
        "item": item, "programme": "sembako", "family_id": said["first"]["family_id"],
        "area": said["first"]["area"], "by": None,
    }  # fmt: skip
    paused = overlay.spell(change="pause", valid_from=date(2026, 3, 1), **common)
    resumed = overlay.spell(change="resume", valid_from=date(2026, 4, 1), **common)
    closed = overlay.spell(
        change="close", valid_from=date(2026, 6, 1), exit="to_empowerment", **common
    )
    chain = "+".join(one.correction_id for one in (said["spell"], paused, resumed, closed))
    export(tmp_path / "new")
    rows = sorted(rows_of(tmp_path / "new", "enrolments").values(), key=lambda r: r["valid_from"])
    assert [(r["valid_from"], r["valid_to"], r["status"], r["exit"]) for r in rows] == [
        ("2026-01-01", "2026-03-01", "active", ""),
        ("2026-03-01", "2026-04-01", "suspended", ""),
        ("2026-04-01", "2026-06-01", "ended", "to_empowerment"),
    ]
    assert rows[0]["id"] == chain, "whoever takes in this row has taken in every change"


def test_a_change_of_what_a_list_opened_stays_here(web: Any, tmp_path: Path) -> None:
    listed = one(web, "SELECT s.family_id, s.programme, p.area FROM spells AS s "
                      "JOIN families AS p USING (family_id) WHERE s.open LIMIT 1")  # fmt: skip
    overlay.spell(
        item=accepted(listed["area"]), change="close", programme=listed["programme"],
        family_id=listed["family_id"], area=listed["area"], valid_from=DAY, by=None,
    )  # fmt: skip
    assert "enrolments" not in export(tmp_path / "new")


def test_the_same_decisions_give_the_same_bytes(web: Any, tmp_path: Path) -> None:
    decided(web)
    for name in ("a", "b"):
        export(tmp_path / name)
    files = sorted(file.relative_to(tmp_path / "a") for file in (tmp_path / "a").rglob("*.*"))
    assert len(files) == 9
    for file in files:
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    said = json.loads((tmp_path / "a" / "returns" / "returned.json").read_text())
    assert said["rows"]["people"] == 1 and said["release"]


def test_only_its_owner_reads_it(web: Any, tmp_path: Path) -> None:
    decided(web)
    export(tmp_path / "new")
    for path in (tmp_path / "new").rglob("*"):
        mode = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == mode, path
    event = "SELECT about FROM audit_events WHERE what = 'sources_returned' ORDER BY id DESC"
    assert ask(web, event)[0]["about"]["rows"]["corrections"] == 6


def test_what_was_taken_back_goes_no_more(web: Any, tmp_path: Path) -> None:
    decided(web)
    export(tmp_path / "new")
    Event.objects.update(ended=DAY)
    Spell.objects.update(ended=DAY)
    Value.objects.filter(entity_id__startswith="new-").update(ended=DAY)
    export(tmp_path / "new")
    left = sorted(file.name for file in (tmp_path / "new").rglob("*.*"))
    assert left == ["corrections.csv", "returned.json", "web_corrections.toml"]


def test_folders_of_others_are_left_alone(web: Any, tmp_path: Path) -> None:
    (tmp_path / "surat.txt").write_text("ibu")
    with pytest.raises(UserError, match="no workspace"):
        export(tmp_path)
    (tmp_path / "tangga.toml").write_text(TANGGA)
    (tmp_path / "sources").mkdir()
    own = tmp_path / "sources" / "web_events.toml"
    own.write_text('kind = "events"\n')
    with pytest.raises(UserError, match="name of ours"):
        export(tmp_path)
    assert own.read_text() == 'kind = "events"\n'
    own.unlink()
    export(tmp_path)
    assert (tmp_path / "surat.txt").read_text() == "ibu"


def test_an_app_that_gives_what_no_source_can_carry_is_told(
    web: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ("V-1", None, "F1", DAY, "W1")
    for columns, match in (
        (("id", "person_id", "family_id", "as_of", "colour"), "colour"),
        (("worker", "person_id", "family_id", "as_of"), "no id"),
    ):
        part = Part("visits", columns, [row])
        monkeypatch.setattr(returning, "_parts", lambda part=part: iter([part]))
        with pytest.raises(Conflict, match=match):
            everything()
    columns = ("id", "person_id", "family_id", "as_of", "worker")
    twice = [Part("visits", columns, [row]), Part("visits", columns, [row])]
    monkeypatch.setattr(returning, "_parts", lambda: iter(twice))
    with pytest.raises(Conflict, match="V-1"):
        everything()
    with pytest.raises(Conflict, match="float"):
        write_all(tmp_path / "x", [Part("visits", ("id",), [(0.5,)])], ((), ()), release="")


def test_the_command_tells_what_it_wrote_and_waits_for_no_run(
    web: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tangga.cli.web_export import export as command
    from tangga.engine.lock import locked

    decided(web)
    folder = tmp_path / "new"
    command(folder)
    said = capsys.readouterr().out
    assert "corrections" in said and "--full" in said
    (folder / "tangga.toml").write_text(TANGGA)
    before = (folder / "returns" / "events.csv").read_bytes()
    Event.objects.update(ended=DAY)
    with locked(folder / "runs"), pytest.raises(UserError, match="reading the sources"):
        command(folder)
    assert (folder / "returns" / "events.csv").read_bytes() == before


def test_every_app_gives_what_it_has_in_the_agreed_form(web: Any) -> None:
    """Whatever `export.py` of an app says, of a database with nothing in it as well."""
    from importlib import import_module

    for name in ("journeys.visits", "journeys.care", "journeys.climb"):
        for kind, columns, rows in import_module(f"tangga.web.{name}.export").exported():
            assert columns[:4] == returning.FIRST
            assert list(rows) == [], (name, kind)
