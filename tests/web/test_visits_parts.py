"""The parts of visits by themselves: values as people write them, the year, workbooks, the pack."""

from __future__ import annotations

import io
import shutil
import zipfile
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.errors import BadPack
from tangga.registry.load import load_pack, pack_dir
from tangga.web.journeys.visits import values, year
from tangga.web.journeys.visits.book_in import Unreadable, read_book
from tangga.web.journeys.visits.facts import Seen, seen_of
from tangga.web.journeys.visits.pilar import settings_of
from tangga.web.journeys.visits.wanted import load_wanted, wanted

PACK = load_pack("indonesia")
COLUMNS = PACK.tables["visit"].columns
DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("column", "text", "kept"),
    [
        ("income_month", "Rp 1.500.000", "1500000"),
        ("income_month", "1.500.000,-", "1500000"),
        ("income_month", "1500000.0", "1500000"),
        ("members_seen", " 4 ", "4"),
        ("floor_area", "36,5", "36.5"),
        ("floor_area", "36.5", "36.5"),
        ("on_date", "28-02-2026", "2026-02-28"),
        ("on_date", "2026-02-28", "2026-02-28"),
        ("result", "Terisi lengkap", "complete"),
        ("result", "COMPLETE", "complete"),
        ("had_pkh", "Ya", "true"),
        ("had_pkh", "no", "false"),
        ("note", "baris\x00 satu", "baris satu"),
        ("note", "   ", ""),
    ],
)
def test_what_people_write_is_read(column: str, text: str, kept: str) -> None:
    assert values.read(COLUMNS[column], text, DAY) == kept


@pytest.mark.parametrize(
    ("column", "text", "key"),
    [
        ("income_month", "banyak", "whole"),
        ("income_month", "-5", "low"),
        ("members_seen", "1000", "high"),
        ("on_date", "31-02-2026", "day"),
        ("on_date", "2026-03-03", "later"),
        ("result", "selesai", "code"),
        ("had_pkh", "mungkin", "yes_or_no"),
        ("floor_area", "NaN", "decimal"),
        ("position", "di rumah", "pattern"),
        ("document", "x" * 201, "long"),
    ],
)
def test_what_is_no_value_is_told(column: str, text: str, key: str) -> None:
    with pytest.raises(values.Unread) as wrong:
        values.read(COLUMNS[column], text, DAY)
    assert wrong.value.key == key
    assert wrong.value.words("id") != wrong.value.words("en")


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_value_or_told_and_a_value_reads_as_itself(text: str) -> None:
    for column in COLUMNS.values():
        if column.reference:
            continue
        try:
            kept = values.read(column, text, DAY)
        except values.Unread:
            continue
        if kept:
            assert values.read(column, kept, DAY) == kept
            assert values.kept(column, values.typed(column, kept)) == kept


def test_what_was_seen_is_sealed_and_read_again() -> None:
    seen = Seen({"floor": "earth"}, {"P1": {"pregnant": "true"}}, {"/has_place": "no"})
    sealed = seen.sealed()
    assert sealed is not None and b"pregnant" not in sealed
    assert seen_of(sealed) == seen == seen_of(f"\\x{sealed.hex()}")
    assert Seen().sealed() is None and seen_of(None) == Seen()


def line(measure: str, done: year.Deeds, day: date = DAY, released: Any = None) -> year.Line:
    said = settings_of()
    assert said is not None
    own = next(one for one in said["measure"] if one["id"] == measure)
    return year.line(own, said, released, done, day, "id")


def visit(planned: date | None, made: date | None, **more: str) -> dict[str, Any]:
    said = {"family_id": "F1", "purpose": "routine", "result": "complete", **more}
    return {**said, "planned_on": planned, "on_date": made}


def test_planned_visits_count_once_they_are_due() -> None:
    done = year.Deeds(
        visits=[
            visit(date(2026, 2, 1), date(2026, 2, 3)),
            visit(date(2026, 2, 1), date(2026, 2, 20)),
            visit(date(2026, 2, 1), date(2026, 2, 2), result="no_respondent"),
            visit(date(2026, 2, 10), None),
            visit(date(2026, 3, 1), None),
            visit(date(2025, 12, 1), date(2025, 12, 1)),
            visit(None, date(2026, 2, 2)),
        ]
    )
    kept, on_time = line("visits_kept", done), line("on_schedule", done)
    assert (kept.since, kept.since_of) == (2, 4)
    assert (on_time.since, on_time.since_of) == (1, 4)


def event(on: date, recorded: date, **more: str) -> Any:
    said = {"family_id": "F1", "person_id": "", "event": "shock", "shock": "flood", "rung": ""}
    return SimpleNamespace(**{**said, **more}, on_date=on, recorded_on=recorded)


def test_disasters_count_by_the_hours_and_once() -> None:
    on = date(2026, 2, 1)
    done = year.Deeds(
        events=[
            event(on, on + timedelta(days=3)),
            event(on, on + timedelta(days=9)),
            event(on, on + timedelta(days=4), family_id="F2"),
            event(on, on, family_id="F3", shock="illness"),
        ]
    )
    within, all_of = line("disasters_in_time", done), line("affected_families", done)
    assert (within.since, within.since_of) == (1, 2)
    assert all_of.since == 2
    reports = line("reports_in_time", done)
    assert (reports.since, reports.since_of) == (4, 4)


def test_a_warning_counts_once_it_is_followed_up_or_its_time_is_over() -> None:
    done = year.Deeds(
        events=[
            event(date(2026, 2, 1), date(2026, 2, 1), shock="conflict"),
            event(date(2026, 2, 1), date(2026, 2, 1), event="displaced", family_id="F2"),
            event(date(2026, 2, 27), date(2026, 2, 27), event="displaced", family_id="F3"),
        ],
        met={"F1": [date(2026, 2, 10)]},
    )
    found = line("warnings_followed", done)
    assert (found.since, found.since_of) == (1, 2)


def test_the_pace_of_a_release_is_said_again(web: Any) -> None:
    """Without anything since, the year of a worker is what the engine said of it."""
    from families import ask

    said = settings_of()
    assert said is not None
    as_of = ask(web, "SELECT as_of FROM register_releases LIMIT 1")[0]["as_of"]
    rows = ask(
        web,
        "SELECT * FROM pace WHERE worker <> '' AND year = %s AND programme = '' AND exits = ''",
        as_of.year,
    )
    by_measure = {one["id"]: one for one in said["measure"]}
    none = year.Deeds(met={})
    compared = 0
    for row in rows:
        if row["measure"] not in by_measure:
            continue
        made = year.line(by_measure[row["measure"]], said, row, none, as_of, "id")
        assert (made.expected, made.state) == (row["expected"], row["state"]), row
        compared += 1
    assert compared > 20


def saved(tmp_path: Path, made: Any) -> Path:
    path = tmp_path / "book.xlsx"
    made.save(path)
    return path


def test_a_workbook_is_read_as_it_looks(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Kunjungan"
    sheet.append(["teks", 1500000, 36.5, date(2026, 2, 28), True, "=1+1"])
    found = read_book(saved(tmp_path, made))["Kunjungan"][0]
    assert [cell.text for cell in found[:3]] == ["teks", "1500000", "36.5"]
    assert found[3].number and found[5].formula and found[4].text == "true"
    from tangga.web.journeys.visits.book_in import day_of

    assert day_of(found[3]) == "2026-02-28"


def packed(tmp_path: Path, **parts: bytes) -> Path:
    path = tmp_path / "packed.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def test_a_workbook_that_tries_more_is_refused(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'
    for content in (bomb, b"<workbook", b"", bomb.decode().encode("utf-16")):
        path = packed(tmp_path, **{"xl__workbook.xml": content})
        with pytest.raises(Unreadable):
            read_book(path)
    far = openpyxl.Workbook()
    far.active.cell(9_000, 1).value = "x"
    with pytest.raises(Unreadable):
        read_book(saved(tmp_path, far))
    wide = openpyxl.Workbook()
    wide.active.cell(1, 200).value = "x"
    with pytest.raises(Unreadable):
        read_book(saved(tmp_path, wide))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_workbook_or_refused(content: bytes) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        with pytest.raises(Unreadable):
            read_book(Path(file.name))


def test_the_pack_says_how_visits_are_done() -> None:
    said = wanted()
    assert set(said.roles.values()) == set(said.forms)
    assert said.bands[0] == "overdue"
    workflows = {one.workflow for one in said.records.values()}
    from tangga.web.work.kinds import workflows as known

    assert workflows <= set(known())


def test_each_mistake_of_the_pack_is_named(tmp_path: Path) -> None:
    shutil.copytree(pack_dir("indonesia"), tmp_path / "pack")
    file = tmp_path / "pack" / "work" / "visits.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace('"members_seen", "shock"', '"members_sen", "shock"')
    text = text.replace('tagana = "tagana"', 'tagana = "taganna"')
    file.write_text(text.replace("near_days = 14", 'near_days = "14"'), encoding="utf-8")
    with pytest.raises(BadPack) as wrong:
        load_wanted(load_pack(str(tmp_path / "pack")))
    said = str(wrong.value)
    assert "members_sen" in said and "taganna" in said and "near_days" in said


def test_a_workbook_of_ours_says_its_sheets() -> None:
    from tangga.web.journeys.visits.book_out import Book, Writer

    content = Writer(Book("mark", "Daftar", [COLUMNS["result"]], [], [], [], "id")).write()
    names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert names == ["Kunjungan", "Pertanyaan", "_daftar", "_tangga"]
