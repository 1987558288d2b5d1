"""Letters about adverse moves: written once, with reasons, and read by the next run."""

from __future__ import annotations

import re
import shutil
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tangga.engine.catalogue import relation
from tangga.engine.context import silent
from tangga.engine.current import last_complete
from tangga.engine.notices.register import Notice, append, next_numbers, read_register
from tangga.engine.notices.write import Written, write_notices
from tangga.engine.run import run_workspace
from tangga.errors import BadPack, UserError
from village_records import write_years

DAY = date(2027, 3, 31)


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The village when the Hermans are past the cap, not extended, and have a place."""
    folder = write_years(tmp_path_factory.mktemp("village"), DAY)
    run_workspace(folder, until="plan")
    return folder


@pytest.fixture
def folder(decided: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "village"
    shutil.copytree(decided, copy)
    return copy


def write(folder: Path, **options: Any) -> Written:
    return write_notices(folder, progress=silent, **options)


def moves(folder: Path, where: str = "move = 'move_at_cap'") -> list[tuple[Any, ...]]:
    view = relation(last_complete(folder), "moves")
    return duckdb.sql(
        f"SELECT family_id, notice_on, takes_effect_on FROM ({view}) WHERE {where}"
    ).fetchall()


def read(file: Path) -> str:
    """A letter without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", file.read_text(encoding="utf-8")))


def test_a_letter_says_what_why_and_how_to_object(folder: Path) -> None:
    written = write(folder)
    (notice,) = written.notices
    (file,) = written.folder.glob("*.html")
    text = read(file)
    for said in (
        "0001/2027",
        "31 Maret 2027",
        "HERMAN EFENDI",
        "Dialihkan ke pemberdayaan (5 tahun)",
        "14 April 2027",
        "Bulan dalam perlindungan: 75 (syarat: paling sedikit 60)",
        "Months on protection: 75 (asked: at least 60)",
        "Kepala Dinas Sosial",
        "Pernyataan Mensos 19 Maret 2025",
        "Permensos rekaan untuk uji",
    ):
        assert said in text
    assert file.name == "0001-2027.html", "no name and no number of a person"
    assert notice.takes_effect_on == date(2027, 4, 14)


def test_a_letter_says_whose_office_and_what_becomes_of_the_support(folder: Path) -> None:
    written = write(folder)
    (notice,) = written.notices
    text = read(written.folder / "0001-2027.html")
    view = relation(last_complete(folder), "resolve/families")
    (kk,) = duckdb.sql(
        f"SELECT kk FROM ({view}) WHERE family_id = '{notice.family_id}'"
    ).fetchone() or ("",)
    assert notice.family_id in text
    assert "*" * 12 + kk[-4:] in text
    assert kk not in text
    for said in (
        "Yang dilakukan petugas: Tetapkan pengalihan",
        "Bantuan yang dapat berakhir: Program Keluarga Harapan (PKH)",
        "Bantuan yang tetap berjalan: Pahlawan Ekonomi Nusantara (PENA)",
        "Kepala Dinas Sosial Kota Bengkulu",
        "Bantuan yang dapat berakhir karena hitungan sedang berjalan: ya Support",
        "bantuan berjalan sampai ada keputusan",
    ):
        assert said in text
    assert "Kabupaten/Kota" not in text
    assert "the regency or city" not in text
    assert "belum diketahui" not in text


def test_written_once_and_private(folder: Path) -> None:
    first = write(folder)
    assert len(first.notices) == 1
    before = first.register.read_bytes()
    again = write(folder)
    assert again.notices == ()
    assert again.register.read_bytes() == before
    assert stat.S_IMODE(first.folder.stat().st_mode) == 0o700


def test_another_folder_for_letters(folder: Path, tmp_path: Path) -> None:
    written = write(folder, out=tmp_path / "to_print")
    assert [f.name for f in (tmp_path / "to_print").iterdir()] == ["0001-2027.html"]
    assert written.register == folder / "notices" / "register.csv"
    assert written.register.is_file()


def test_the_next_run_knows_when_the_move_takes_effect(folder: Path) -> None:
    assert [row[1:] for row in moves(folder)] == [(None, None)]
    write(folder, on=date(2027, 4, 1))
    later = date(2027, 4, 5)
    manifest = run_workspace(folder, as_of=later, until="plan")
    assert manifest.mode == "full"
    assert [row[1:] for row in moves(folder)] == [(date(2027, 4, 1), date(2027, 4, 15))]
    assert write(folder).notices == (), "told already"


def test_a_letter_is_not_older_than_its_decision(folder: Path) -> None:
    with pytest.raises(UserError, match="older than the decision"):
        write(folder, on=date(2027, 3, 30))


def test_letters_give_the_reasons_of_the_run_or_none(folder: Path) -> None:
    clock = folder / "local" / "clock.toml"
    clock.write_text(clock.read_text() + "\n# another policy\n")
    with pytest.raises(UserError, match="policy has changed"):
        write(folder)


def test_a_workspace_that_decided_nothing(tmp_path: Path) -> None:
    (tmp_path / "runs" / "00001").mkdir(parents=True)
    (tmp_path / "runs" / "CURRENT").write_text("00001")
    with pytest.raises(UserError):
        write(tmp_path)


# --- the register -----------------------------------------------------------------------------

NOTICE = Notice("0001/2027", DAY, "F1", "", "move_at_cap", date(2027, 4, 14))


def test_the_register_gives_back_what_was_written(tmp_path: Path) -> None:
    other = replace(NOTICE, number="0002/2027", person_id="P1")
    append(tmp_path, [NOTICE])
    append(tmp_path, [other])
    assert read_register(tmp_path) == [NOTICE, other]


def test_numbers_follow_the_last_of_their_year() -> None:
    known = [NOTICE, replace(NOTICE, number="0007/2026")]
    assert next_numbers(known, DAY, 2) == ["0002/2027", "0003/2027"]
    assert next_numbers(known, date(2026, 5, 1), 1) == ["0008/2026"]
    assert next_numbers(known, date(2028, 1, 1), 1) == ["0001/2028"]


HEADER = "number,date,family_id,person_id,move,takes_effect_on\n"
ROW = "0001/2027,2027-03-31,F1,,move_at_cap,2027-04-14\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number,date\n", "columns must be"),
        (HEADER + ROW.replace("2027-03-31", "31/03/2027"), "line 2, column date: no date"),
        (HEADER + ROW.replace("F1", ""), "line 2: the row is not whole"),
        (HEADER + "0001/2027,2027-03-31\n", "line 2"),
        (HEADER + ROW.replace("2027-04-14", "2027-03-01"), "before its date"),
        (HEADER + ROW + ROW, "stands twice"),
        (HEADER + ROW.replace("0001/2027", "one"), "no number of a letter"),
    ],
)
def test_a_register_that_cannot_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "register.csv").write_text(text)
    with pytest.raises(BadPack, match=said):
        read_register(tmp_path)
