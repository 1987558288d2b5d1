"""What a pack says of its papers: each mistake is told with its line; no template reaches out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tangga.errors import BadPack
from tangga.registry.load import pack_dir
from tangga.web.papers.kinds import read_kinds
from tangga.web.papers.offices import office_of, read_offices
from tangga.web.papers.render import Numbers, render

KIND = "surat_pindah"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack with one paper and the offices."""
    there = pack_dir("indonesia") / "documents"
    (tmp_path / "documents").mkdir()
    for name in (f"{KIND}.toml", f"{KIND}.html", "offices.toml"):
        shutil.copy(there / name, tmp_path / "documents" / name)
    return tmp_path


def changed(folder: Path, was: str, becomes: str, name: str = f"{KIND}.toml") -> None:
    file = folder / "documents" / name
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, becomes, 1), encoding="utf-8")


def test_the_paper_reads(folder: Path) -> None:
    kind = read_kinds(folder)[KIND]
    assert kind.annex is not None and kind.annex.columns["nik"].type == "identifier"
    assert kind.asks["programmes"].optional


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ('group = "letter"', 'group = "leter"', "letter"),
        ('verbs = ["move_decide"', 'verbs = ["move_decides"', "move_decides"),
        ("{n:04}", "1", "without {n} or {year}"),
        ("/{year}", "/{n.__class__}", "n.__class__"),
        ("{office}", "{who}", "'who' is none"),
        ('levels = ["regency"', 'levels = ["kabupaten"', "kabupaten"),
        ('sees = "personal"', 'sees = "secret"', "secret"),
        ('sees = "personal"', 'sees = "case"', "case goes with"),
        ('basis = "', 'basiss = "', "lacks basis"),
        ('signs = ["{chief}"]', 'signs = ["{king}"]', "king"),
        ('signs = ["{chief}"]', 'signs = "{chief}"', "wrong type"),
        ('type = "identifier"', 'type = "number_plate"', "no such type"),
        ('to = { id = "Kepada"', 'to = { ide = "Kepada"', "asks.to lacks id or en"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(
    folder: Path, was: str, becomes: str, told: str
) -> None:
    changed(folder, was, becomes)
    with pytest.raises(BadPack) as wrong:
        read_kinds(folder)
    said = str(wrong.value)
    assert told in said and f"documents/{KIND}.toml" in said and "line" in said


def test_a_paper_without_a_page_is_told(folder: Path) -> None:
    (folder / "documents" / f"{KIND}.html").unlink()
    with pytest.raises(BadPack, match="has no page"):
        read_kinds(folder)


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ office.__init__.__globals__ }}",
        "{{ paper.update({'number': 'x'}) }}",
        "{{ nothing_of_that_name }}",
        "{% include '/etc/passwd' %}",
        "{% if %}",
    ],
)
def test_no_template_reaches_out_of_its_box(folder: Path, body: str) -> None:
    (folder / "documents" / f"{KIND}.html").write_text(body)
    kind = read_kinds(folder)[KIND]
    more: dict[str, Any] = {"office": office_of("1811"), "paper": {"number": "1"}}
    with pytest.raises(BadPack, match=f"documents/{KIND}.html"):
        render(kind, {}, more, Numbers())


def test_who_stands_at_the_head_of_a_paper() -> None:
    village, town = office_of("1811012001"), office_of("1771011001")
    assert village.lines == ("Pemerintah Kabupaten Mesuji", "Kecamatan Mesuji", "Desa Wiralaga I")
    assert (village.leader, town.leader) == ("Kepala Desa Wiralaga I", "Lurah Pagar Dewa")
    assert office_of("181101") == office_of("1811")
    assert office_of("1771").leader == "Wali Kota Bengkulu"
    assert office_of("1811").leader == "Bupati Mesuji"
    assert office_of("18").chief == "Kepala Dinas Sosial Provinsi Lampung"
    assert office_of("").office == "Kementerian Sosial"


@pytest.mark.parametrize(
    ("was", "becomes"), [('level = "village"', 'level = "district"'), ("short =", "shrt =")]
)
def test_an_office_that_cannot_be_is_refused(folder: Path, was: str, becomes: str) -> None:
    changed(folder, was, becomes, "offices.toml")
    with pytest.raises(BadPack):
        read_offices(folder)


def test_every_paper_of_the_pack_is_issued_from_somewhere() -> None:
    """None is a template that nobody can reach: code issues it, or a form made of what it asks."""
    folder = pack_dir("indonesia")
    code = Path(render.__code__.co_filename).parents[1]
    said = "".join(file.read_text(encoding="utf-8") for file in code.rglob("*.py"))
    said += (folder / "corrections.toml").read_text(encoding="utf-8")
    kinds = read_kinds(folder)
    assert [
        name for name, one in kinds.items() if not one.by_hand and f'"{name}"' not in said
    ] == []
    assert len(kinds) > 30
