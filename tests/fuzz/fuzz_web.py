"""Readers of the service: uploads, workbooks of visits, results of a bank, evidence, releases.

No database: what is read here is read before anything is stored.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import io
import json
import os
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from fuzz_books import mutate_book
from fuzz_csv import mutate_csv, mutate_packed
from fuzz_inputs import Input, blind
from fuzz_reader import NAME, NIK, Broken, Read, Reader
from fuzz_tables import book_seeds, mutate_parquet, packed_seeds, parquet_seeds, text_seeds
from fuzz_toml import mutate_json

from tangga.errors import UserError
from tangga.registry.load import SHIPPED

SAMPLES = SHIPPED / "indonesia" / "layouts" / "samples"


class Refused(Exception):
    """Refused by a word or a finding that the program gives, not by an exception of its own."""


@cache
def _service() -> None:
    """Django without a database."""
    os.environ["TANGGA_SECRET_KEY"] = "of-the-fuzzing-" + "x" * 40  # pragma: allowlist secret
    os.environ["TANGGA_FIELD_KEY"] = base64.b64encode(bytes(range(32))).decode()
    os.environ["TANGGA_INSECURE_HTTP"] = "yes"
    os.environ["DATABASE_URL"] = "postgresql://nobody@/none?host=/nowhere"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tangga.web.settings"
    import django

    django.setup()


# --- uploads --------------------------------------------------------------------------------------


def upload_seeds() -> list[Input]:
    """Tables of every form, and the samples of the layouts."""
    shipped = [Input(one.name, one.read_bytes()) for one in sorted(SAMPLES.glob("*.csv"))]
    return [*shipped, *text_seeds()[:4], *book_seeds(), *parquet_seeds()[:1], *packed_seeds()]


def mutate_upload(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """By its form; now and then under another name."""
    like = [other for other in all_ if Path(other.name).suffix == Path(one.name).suffix]
    by = {".csv": mutate_csv, ".xlsx": mutate_book, ".parquet": mutate_parquet}
    changed = by.get(Path(one.name).suffix, mutate_packed)(rng, one, like)
    if rng.random() < 0.03:
        return Input(rng.choice(("a.xlsx", "a.csv", "a.parquet", "a.gz", "a.txt")), changed.content)
    return changed


def open_upload(folder: Path) -> Read:
    """What the service does with a file from its arrival to its descriptor."""
    _service()
    from tangga.web.intake import disguise

    # The module, which the package hides behind its function; its pack is read once.
    engine = importlib.import_module("tangga.engine.recognise.recognise")
    pack = engine.load_pack("indonesia")
    known, areas = engine.load_known(pack), engine.load_areas(pack.dir)
    engine.load_pack, engine.load_known = lambda _: pack, lambda _: known
    engine.load_areas = lambda *_: areas

    def read(one: Input) -> None:
        path = folder / one.name
        path.write_bytes(one.content)
        try:
            look = disguise.look(path, one.name)
            if look.why:
                raise Refused(f"{one.name}: {look.why}")
            stored = folder / f"001_berkas{look.ending}"
            path.replace(stored)
            try:
                seen = json.loads(json.dumps(engine.recognise(stored), ensure_ascii=False))
            finally:
                stored.unlink()
            _match(seen, one)
        finally:
            path.unlink(missing_ok=True)

    return read


def _match(seen: dict[str, Any], one: Input) -> None:
    """The second step, opened and sent back with whatever an officer could choose."""
    from tangga.registry.toml_text import write_toml
    from tangga.web.intake.matching import Matching

    files = {"a": one.name}
    opened = Matching(seen, None, "id", files, {})
    opened.check()
    rng = random.Random(len(one.content))
    said = {f"kolom__{line.name}": line.choice for line in opened.lines}
    said |= {f"sistem__{line.name}": line.system for line in opened.lines}
    said |= {value.field: value.code for line in opened.lines for value in line.values}
    said |= {"jenis": opened.kind, "sumber": "contoh", "per": "2026-01-31"}
    for key in rng.sample(sorted(said), min(3, len(said))):
        said[key] = rng.choice(
            ("", "*", "=0", "=1", "=99", "=-1", "=x", "x", "\0", "1811", "people")
        )
    for form in (said, {**said, "jenis": rng.choice(sorted(seen["kinds"]))}):
        sent = Matching(seen, form, "en", files, {})
        if sent.check():
            write_toml(sent.descriptor())


# --- workbooks of visits --------------------------------------------------------------------------


class Officer:
    """A viewer, as far as a row of the workbook asks for one."""

    language = "id"


@cache
def _sheet() -> tuple[Any, bytes]:
    """A sheet of two families with a question, and its workbook as it goes out."""
    _service()
    from tangga.web.journeys.visits import book_out
    from tangga.web.journeys.visits.models import Sheet
    from tangga.web.journeys.visits.sheet_rows import digest
    from tangga.web.journeys.visits.wanted import wanted
    from tangga.web.pack import pack

    names = list(wanted().sheet)
    sheet = Sheet(language="id", columns=names, area="1811052012", release=1)
    sheet.id = sheet.pk.__class__(int=7)
    rows = [[f"k{n}", "0", NAME, "Desa", "", "31 Maret 2026"] for n in (1, 2)]
    asked = [["k1", NAME, "keluarga", "Punya kulkas?"]]
    sheet.rows = [[row[0], 0, digest(row, str(sheet.pk))] for row in rows]
    sheet.questions = [["k1", "", "fridge", "", digest(asked[0], str(sheet.pk))]]
    columns = [pack().tables["visit"].columns[name] for name in names]
    from tangga.web.journeys.visits.sheet_rows import Asked

    keys = [Asked("k1", "", "fridge", "")]
    book = book_out.Book("mark", "Kunjungan", columns, rows, asked, keys, "id")
    return sheet, book_out.Writer(book).write()


def visit_seeds() -> list[Input]:
    """The workbook as it goes out, and filled in by a program of an office."""
    import openpyxl

    _, empty = _sheet()
    book = openpyxl.load_workbook(io.BytesIO(empty))
    page = book["Kunjungan"]
    for n, text in enumerate(("31-03-2026", "Kunjungan rutin", "Bertemu", "4", "1.500.000"), 7):
        page.cell(2, n).value = text
    book["Pertanyaan"].cell(2, 5).value = "Ya"
    out = io.BytesIO()
    book.save(out)
    return [Input("a.xlsx", empty), Input("a.xlsx", out.getvalue())]


def open_visits(folder: Path) -> Read:
    """From the file to the rows as they would be saved."""
    sheet, _ = _sheet()
    from tangga.web.intake import disguise
    from tangga.web.journeys.visits.back import read_row
    from tangga.web.journeys.visits.book_in import read_book
    from tangga.web.journeys.visits.compared import compared

    def read(one: Input) -> None:
        path = folder / one.name
        path.write_bytes(one.content)
        if disguise.look(path, one.name).ending != ".xlsx":
            raise Refused("no workbook")
        for typed in compared(read_book(path), sheet):
            read_row(typed, Officer())  # type: ignore[arg-type]
            typed.sealed()

    return read


def _visit_refusals() -> tuple[type[Exception], ...]:
    _service()
    from tangga.web.journeys.visits.book_in import Unreadable
    from tangga.web.journeys.visits.compared import Beyond

    return (Refused, Unreadable, Beyond)


# --- results of a bank ----------------------------------------------------------------------------


def _bank_headings() -> tuple[list[str], list[str]]:
    _service()
    from tangga.web.programmes.layout import layout

    plan = layout()
    return [one.name for one in plan.back], list(plan.status)


def bank_seeds() -> list[Input]:
    """As a bank sends them, with commas and with semicolons."""
    heads, said = _bank_headings()
    rows = [heads] + [["K-1", "225000", "2026-03-10", said[0], ""][: len(heads)]] * 3
    text = "".join(",".join(row) + "\n" for row in rows)
    return [Input("a.csv", text.encode()), Input("a.csv", text.replace(",", ";").encode())]


def open_bank(folder: Path) -> Read:
    """Every line of a file of results."""
    _service()
    from tangga.web.programmes.results import said_in
    from tangga.web.secrets import seal

    def read(one: Input) -> None:
        said = list(said_in(one.content))
        lines = [
            line for line in one.content.decode("utf-8-sig").splitlines() if line.strip(' ,;\t"')
        ]
        if len(said) > len(lines):
            raise Broken(f"{len(said)} rows of {len(lines)} lines")
        for line in said[:50]:
            seal(json.dumps(line.raw, ensure_ascii=False))

    return read


# --- evidence -------------------------------------------------------------------------------------


def picture_seeds() -> list[Input]:
    """Of three forms, one of them with what a camera writes."""
    from PIL import Image

    found = []
    for form, mode in (
        ("JPEG", "RGB"),
        ("PNG", "RGBA"),
        ("WEBP", "RGB"),
        ("PNG", "P"),
        ("JPEG", "L"),
    ):
        out = io.BytesIO()
        exif = Image.Exif()
        exif[0x010E], exif[0x0112] = NIK, 6
        Image.new(mode, (48, 32), 3).save(out, form, exif=exif)
        found.append(Input(f"a.{form.lower()}", out.getvalue()))
    return found


def open_picture(folder: Path) -> Read:
    """A picture drawn anew, which holds nothing of what was hidden in it."""
    _service()
    from tangga.web.work.cleaning import clean

    def read(one: Input) -> None:
        if NIK.encode() in clean(one.content).content:
            raise Broken("what a camera wrote is still there")

    return read


def document_seeds() -> list[Input]:
    """A PDF of two pages, with an attachment and an author."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _n in range(2):
        writer.add_blank_page(200, 200)
    writer.add_attachment("x.txt", NIK.encode())
    writer.add_metadata({"/Author": NIK})
    out = io.BytesIO()
    writer.write(out)
    return [Input("a.pdf", out.getvalue())]


def open_document(folder: Path) -> Read:
    """What the process of its own does, with the errors that it knows: see cleaning_pages.main."""
    import logging

    from tangga.web.work import cleaning_pages

    logging.disable(logging.CRITICAL)  # as that process does
    known = (ValueError, MemoryError, RecursionError, *cleaning_pages.DAMAGE)

    def read(one: Input) -> None:
        try:
            content, _ = cleaning_pages.rewritten(one.content, 60)
        except known as error:
            raise Refused(type(error).__name__) from None
        if b"/JavaScript" in content or NIK.encode() in content:
            raise Broken("it still acts, or tells of its maker")

    return read


# --- releases -------------------------------------------------------------------------------------


@cache
def _ground() -> Path:
    """A small release, made once a machine and version of the program."""
    from tangga.cli.demo_ladder import set_cap_in_force
    from tangga.engine.current import last_complete
    from tangga.engine.run import run_workspace
    from tangga.synthetic import generate

    place = Path(os.environ["TANGGA_FUZZ_GROUND"])
    if not (place / "done").exists():
        generate(60, 1, place / "workspace", ("1811",))
        set_cap_in_force(place / "workspace")
        run_workspace(place / "workspace", full=True)
        (place / "done").touch()
    return Path(last_complete(place / "workspace")) / "publish" / "release"


def release_seeds() -> list[Input]:
    """The manifest, and some of its tables."""
    names = ("manifest.json", "families.parquet", "persons.parquet", "memberships.parquet")
    return [Input(name, (_ground() / name).read_bytes()) for name in names]


def mutate_release(rng: Random, one: Input, all_: Sequence[Input]) -> Input:
    """The manifest more often than the tables."""
    manifest = next(other for other in all_ if other.name == "manifest.json")
    one = manifest if rng.random() < 0.4 else one
    like = [other for other in all_ if other.name == one.name]
    return (mutate_json if one.name == "manifest.json" else mutate_parquet)(rng, one, like)


def open_release(folder: Path) -> Read:
    """As the loader asks before a row of it is stored. Whoever changes a table changes what the
    manifest says of its bytes too: else its hash would refuse all. The rows of tables of which
    nothing was changed are asked of some only, others for each input."""
    _service()
    import shutil

    from tangga.web.pack import areas, pack
    from tangga.web.register.loading import checks, release
    from tangga.web.register.loading.places import Places

    place = folder / "release"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(_ground(), place)

    plain = dict(release.read_release(place).tables)

    def look(one: Input) -> None:
        rng = random.Random(one.content)
        held = release.held_to(release.read_release(place), pack())
        found = release.check_files(held)
        if not found:
            places = Places.of(held, "18")
            found += checks.check_place(held, places)
            for table in _asked(rng, one, held.tables, plain):
                with release.readable(table):
                    located = places.locate(table)
                    found += checks.check_table(table, located, areas(), r"\d{16}")
        if found:
            raise Refused(f"{found[0].sentence() if hasattr(found[0], 'sentence') else found[0]}")

    def read(one: Input) -> None:
        given = {"manifest.json": (place / "manifest.json").read_bytes()}
        given[one.name] = (place / one.name).read_bytes()
        try:
            (place / one.name).write_bytes(one.content)
            if one.name != "manifest.json":
                _signed(place, one)
            look(one)
        finally:
            for name, content in given.items():
                (place / name).write_bytes(content)

    return read


def _asked(rng: Random, one: Input, held: dict[str, Any], plain: dict[str, Any]) -> list[Any]:
    """The tables that are not as they were, and a few others."""
    changed = {name for name, table in held.items() if table != plain.get(name)}
    changed |= {one.name.removesuffix(".parquet")}
    others = rng.sample(sorted(held), min(4, len(held)))
    return [table for name, table in held.items() if name in changed or name in others]


def _signed(place: Path, one: Input) -> None:
    manifest = json.loads((place / "manifest.json").read_bytes())
    table = manifest["tables"][one.name.removesuffix(".parquet")]
    table |= {"bytes": len(one.content), "sha256": hashlib.sha256(one.content).hexdigest()}
    (place / "manifest.json").write_text(json.dumps(manifest))


def web_readers() -> tuple[Reader, ...]:
    """All of them; their modules want Django, so only where one is asked for."""
    by_word = (UserError, Refused)
    return (
        Reader("upload", upload_seeds, mutate_upload, open_upload,
               ("/recognise/", "/intake/", "engine/ingest/"), by_word, told=False, watched=4),
        Reader("visits", visit_seeds, mutate_book, open_visits,
               ("visits/book_in", "visits/compared", "visits/back", "visits/values"),
               _visit_refusals(), told=False, watched=2),
        Reader("bank", bank_seeds, mutate_csv, open_bank, ("programmes/results",), told=False),
        Reader("picture", picture_seeds, blind, open_picture, ("work/cleaning",), told=False),
        Reader("document", document_seeds, blind, open_document, ("work/cleaning", "pypdf/"),
               (Refused,), told=False, seconds=20, megabytes=1000),
        Reader("release", release_seeds, mutate_release, open_release, ("register/loading/",),
               by_word, told=False, watched=4),
    )  # fmt: skip
