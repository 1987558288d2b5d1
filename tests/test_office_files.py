"""Files of an office: what is wrong is told whole, with its place, and then nothing is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tangga.engine.office_files import (
    Cell,
    Mistakes,
    OfficeRow,
    area_of,
    coded,
    day,
    read_office_files,
    refuse,
    whole,
    words,
    year,
)
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import UserError
from village import write_village


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("office")
    write_village(folder)
    return load_workspace(folder)


def columns(workspace: Workspace) -> dict[str, Cell]:
    return {
        "year": year(),
        "area": area_of(workspace.pack_areas),
        "source": coded(workspace.pack.codes["fund_source"]),
        "amount": whole(),
        "due": day(needed=False),
        "note": words(needed=False),
    }


def read(workspace: Workspace, **files: str | bytes) -> list[dict[str, Any]]:
    """Write these files as the only ones of `budgets/` and read them."""
    folder = workspace.dir / "budgets"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    for name, text in files.items():
        raw = text if isinstance(text, bytes) else text.encode()
        (folder / f"{name}.csv").write_bytes(raw)
    return [dict(row.values) for row in read_office_files(workspace, "budgets", columns(workspace))]


def wrong(workspace: Workspace, text: str | bytes) -> str:
    with pytest.raises(UserError) as error:
        read(workspace, a=text)
    return str(error.value)


def test_what_is_written_is_read(workspace: Workspace) -> None:
    text = (
        "year,area,source,amount,due,note\n2025,17.71,APBD kab/kota,58000000000,2025-12-31,kota\n"
    )
    assert read(workspace, a=text) == [
        {"year": 2025, "area": "1771", "source": "apbd_regency", "amount": 58_000_000_000,
         "due": day().read("2025-12-31"), "note": "kota"}
    ]  # fmt: skip


def test_what_may_be_left_out_is_empty_and_not_zero(workspace: Workspace) -> None:
    (row,) = read(workspace, a="year;area;source;amount\n2025;17;apbn;447000000000\n")
    assert (row["due"], row["note"]) == (None, "")


def test_files_come_in_order_of_name_and_blank_lines_are_nothing(workspace: Workspace) -> None:
    head = "year,area,source,amount\n"
    rows = read(workspace, b=head + "2026,17,apbn,2\n", a=head + "\n2025,17,apbn,1\n,,,\n")
    assert [row["amount"] for row in rows] == [1, 2]
    assert read_office_files(workspace, "nowhere", columns(workspace)) == []


def test_a_file_of_a_spreadsheet_with_a_mark_at_its_beginning(workspace: Workspace) -> None:
    text = "\ufeffyear, area ,source,amount\r\n2025,17,APBN,5\r\n"
    assert read(workspace, a=text)[0]["amount"] == 5


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("25,17,apbn,1", "column year: is no year from 1998 to 2100: '25'"),
        ("2025,99,apbn,1", "column area: is no area of the pack: '99'"),
        ("2025,17,apdb,1", "column source: is not known: 'apdb'. Did you mean"),
        ("2025,17,apbn,-1", "column amount: is negative: '-1'"),
        ("2025,17,apbn,447.000", "has separators of thousands: '447.000'. Write 447000"),
        ("2025,17,apbn,Rp5", "column amount: is no whole number: 'Rp5'. Write digits only"),
        ("2025,17,apbn,1.5", "column amount: is no whole number"),
        ("2025,17,apbn,", "column amount: is empty"),
        ("2025,17,apbn,1,x", "more cells than headings"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_told_with_its_place(workspace: Workspace, row: str, says: str) -> None:
    said = wrong(workspace, f"year,area,source,amount\n2025,17,apbn,1\n{row}\n")
    assert "budgets/a.csv, line 3" in said
    assert says in said


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("year,area,source", "lacks the column amount"),
        ("year,area,source,amount,achieved", "unknown column: 'achieved'"),
        ("year,area,source,amount,amont", "Did you mean 'amount'?"),
        ("year,area,source,amount,year", "two columns of one name: 'year'"),
        ("", "lacks the column year, area, source, amount"),
    ],
)
def test_a_wrong_header_is_told(workspace: Workspace, head: str, says: str) -> None:
    assert says in wrong(workspace, head + "\n")


def test_all_mistakes_of_all_files_are_told_at_once(workspace: Workspace) -> None:
    head = "year,area,source,amount\n"
    with pytest.raises(UserError) as error:
        read(workspace, a=head + "2025,17,apbn,-1\n1,17,apbn,2\n", b=b"\xff\xfe")
    said = str(error.value)
    assert said.count("a.csv, line") == 2
    assert "b.csv: not UTF-8. Save it as CSV UTF-8" in said


def test_of_very_many_mistakes_the_first_are_told_and_the_rest_counted(
    workspace: Workspace,
) -> None:
    said = wrong(workspace, "year,area,source,amount\n" + "2025,17,apbn,-1\n" * 50)
    assert said.count("is negative") == 20
    assert said.endswith("and 30 more mistakes")


def test_mistakes_across_rows_are_told_with_their_rows() -> None:
    refuse([])
    row = OfficeRow({}, Path("targets/a.csv"), 4)
    with pytest.raises(UserError, match=r"targets/a.csv, line 4: said twice. Keep one"):
        refuse([(row, "said twice", "Keep one")])


def test_rows_that_could_be_read_are_checked_with_the_mistakes_of_the_others(
    workspace: Workspace,
) -> None:
    head = "year,area,source,amount\n"
    read(workspace, a=head, b=head)
    folder = workspace.dir / "budgets"
    (folder / "a.csv").write_text(head + "2025,17,apbn,1\n2025,17,apbn,-1\n")
    (folder / "b.csv").write_text(head + "2025,17,apbn,2\n")
    mistakes = Mistakes()
    rows = read_office_files(workspace, "budgets", columns(workspace), mistakes)
    assert [row["amount"] for row in rows] == [1, 2]
    assert [dict(row.values)["area"] for row in mistakes.unread] == ["17"]
    assert mistakes.whole_files
    with pytest.raises(UserError) as error:
        refuse([(rows[1], "said twice", None), (rows[0], "said first", None)], mistakes)
    first, second, gap, third = str(error.value).split("\n")
    assert "a.csv, line 2: said first" in first
    assert "a.csv, line 3, column amount: is negative" in second
    assert gap == "", "files are told apart"
    assert "b.csv, line 2: said twice" in third


@pytest.mark.parametrize("text", ["year\n2025\n", b"\xff\xfe"])
def test_a_file_that_nobody_could_read_leaves_its_rows_unknown(
    workspace: Workspace, text: str | bytes
) -> None:
    wrong(workspace, text)
    mistakes = Mistakes()
    assert read_office_files(workspace, "budgets", columns(workspace), mistakes) == []
    assert not mistakes.whole_files


def test_each_part_of_a_word_is_read_where_it_means_one_code_only(workspace: Workspace) -> None:
    level = coded(workspace.pack.codes["area_level"])
    for word in ("desa", "Kelurahan", "Desa/Kelurahan", "village"):
        assert level.read(word) == "village"
    for word in ("kabupaten", "kota", "KABUPATEN/KOTA"):
        assert level.read(word) == "regency"
    both = coded({"a": ("Kab/kota",), "b": ("Kota/desa", "kab"), "c": ("Dana kab/dusun",)})
    assert (both.read("desa"), both.read("kab")) == ("b", "b")  # a whole word goes before a part
    for word in ("kota", "dusun"):
        with pytest.raises(ValueError, match="is not known"):
            both.read(word)


def test_words_stand_beside_the_codes_that_are_known(workspace: Workspace) -> None:
    row = wrong(workspace, "year,area,source,amount\n2025,17,xyz,1\n")
    assert "Known: apbn (APBN), " in row
    assert "apbd_regency (APBD kab/kota)" in row
    near = wrong(workspace, "year,area,source,amount\n2025,17,apbnn,1\n")
    assert "Did you mean 'apbn'? Known: apbn (APBN), " in near
