"""Evidence: taken in by its content, kept sealed, shown to who may see the item, and recorded."""

from __future__ import annotations

import io
import stat
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from families import one
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from tangga.web.work import cleaning
from tangga.web.work.cleaning import Refused, clean


def photo(form: str = "JPEG", size: tuple[int, int] = (60, 40), **more: Any) -> bytes:
    """A picture whose left half is red."""
    picture = Image.new("RGB", size, "white")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.save(out, form, **more)
    return out.getvalue()


def acting(kind: str = "/JavaScript") -> DictionaryObject:
    """What a PDF does by itself."""
    said = {NameObject("/S"): NameObject(kind), NameObject("/JS"): TextStringObject("app.alert(1)")}
    return DictionaryObject(said)


def paper(pages: int = 1, password: str = "") -> bytes:
    """A PDF with a script, a program, a link and its author's name in it, and a stamp."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_attachment("hadiah.exe", b"MZ-program")
    writer.add_metadata({"/Author": "Rina Rahasia"})
    writer.root_object[NameObject("/OpenAction")] = acting()
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): acting("/Launch")})
    writer.add_annotation(0, Link(rect=(0, 0, 50, 50), url="http://jahat.example"))
    stamp = FreeText(text="Tanda tangan", rect=(0, 0, 50, 50))
    stamp[NameObject("/A")] = acting()
    writer.add_annotation(0, stamp)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that promises so many points, in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sum_ = zlib.crc32(kind + body).to_bytes(4)
        return len(body).to_bytes(4) + kind + body + sum_

    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x00\x00\x00\x00"
    body = zlib.compress(b"\0" * 10_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def why_not(content: bytes) -> str:
    """The word of the refusal."""
    with pytest.raises(Refused) as refused:
        clean(content)
    assert refused.value.words("id") and refused.value.words("en")
    return refused.value.key


def test_a_photo_is_drawn_anew_without_what_it_hides() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Ponsel Rahasia", 6  # Make; turned by a quarter
    exif.get_ifd(0x8825)[1] = "S"  # where it was taken
    sent = photo(exif=exif, comment=b"bocor") + b"PK\x03\x04 and a second file behind it"
    kept = clean(sent)
    assert kept.media == "image/jpeg"
    for hidden in (b"Ponsel", b"bocor", b"PK\x03\x04", b"Exif"):
        assert hidden in sent
        assert hidden not in kept.content
    with Image.open(io.BytesIO(kept.content)) as drawn:
        assert drawn.size == (40, 60), "it stands upright without being told to"
        assert not drawn.getexif()


def test_a_picture_with_holes_and_words_becomes_a_plain_jpeg() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Rina Rahasia")
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(out, "PNG", pnginfo=words)
    kept = clean(out.getvalue())
    with Image.open(io.BytesIO(kept.content)) as drawn:
        assert drawn.format == "JPEG"
        assert min(drawn.getpixel((5, 5))) > 250, "what is seen through is white, not black"
    assert b"Rina" not in kept.content


def test_a_large_photo_is_made_smaller() -> None:
    with Image.open(io.BytesIO(clean(photo(size=(4000, 3000))).content)) as drawn:
        assert drawn.size == (2048, 1536)


def test_a_paper_keeps_its_pages_and_stamps_and_nothing_that_acts() -> None:
    sent = paper(pages=3)
    kept = clean(sent)
    assert (kept.media, kept.pages) == ("application/pdf", 3)
    for gone in (b"/JavaScript", b"app", b"MZ-program", b"/Author", b"/AA", b"/URI", b"/Launch"):
        assert gone in sent
        assert gone not in kept.content
    read = PdfReader(io.BytesIO(kept.content))
    assert len(read.pages) == 3
    assert [note["/Subtype"] for note in read.pages[0]["/Annots"]] == ["/FreeText"]
    assert not read.metadata
    assert not read.attachments


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"MZ\x90\0 a program called foto.jpg", "program"),
        (b"#!/bin/sh\nrm -rf /", "program"),
        (b"PK\x03\x04 a docx called sptjm.pdf", "packed"),
        (b"\xd0\xcf\x11\xe0 an old doc", "document"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "web_page"),
        (b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "web_page"),
        (b"<?php system('id'); ?>", "web_page"),
        (b"\0\0\0\x18ftypheic\0\0", "heic"),
        (b"\0\0\0\x18ftypmp42\0\0", "video"),
        (b"GIF89a" + b"\0" * 100, "unknown"),
        (b"just words", "unknown"),
        (b"\xff\xd8\xff" + b"\xe0" * 50, "damaged"),
        (photo()[:400], "damaged"),
        (b"%PDF-1.7 and then nothing", "damaged"),
        (b"%PDF-1.7\nstartxref\n" + b"9" * 20 + b"\n%%EOF", "damaged"),
        (paper(61), "pages"),
        (paper(password="x"), "locked"),
        (b"a" * (cleaning.MOST_BYTES + 1), "too_large"),
    ],
)
def test_what_is_no_evidence_is_refused_in_words(content: bytes, why: str) -> None:
    assert why_not(content) == why


def test_bombs_are_seen_before_they_are_unpacked() -> None:
    assert why_not(png_of(60_000, 60_000)) == "pixels"
    assert why_not(png_of(9_000, 9_000)) == "pixels"
    nested = b"%PDF-1.4\n1 0 obj\n" + b"[" * 200_000 + b"]" * 200_000 + b"\nendobj\n"
    assert why_not(nested) in ("damaged", "too_heavy")
    loop = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids"
    loop += b"[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
    assert why_not(loop) in ("damaged", "too_heavy", "empty_pages")


@pytest.fixture
def held(web: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    """An item about a family of Mesuji, and the folder where evidence lies."""
    from dataclasses import replace

    from django.conf import settings

    from tangga.web.work.models import Item

    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, var=tmp_path))
    family = one(web, "SELECT family_id, area FROM families WHERE area LIKE '1811%%' LIMIT 1")
    number = f"USL/1811/2026/{Item.objects.count():06d}"
    yield Item.objects.create(
        number=number, kind="correction", area=family["area"], family_id=family["family_id"],
        state="proposed", opened_on=date(2026, 3, 1),
    ), tmp_path / "evidence"  # fmt: skip


def viewer_of(web: Any, role: str, area: str) -> Any:
    """As in a request of this user."""
    from tangga.web.viewer import posts_in_force, viewer_of

    user = web.user(role, area)
    return viewer_of(user, posts_in_force(user.pk)[0])


def keep(item: Any, web: Any, content: bytes | None = None, **more: Any) -> Any:
    from tangga.web.work import evidence

    upload = SimpleUploadedFile("../../rumah <script>.exe", content or photo(), "text/html")
    by = viewer_of(web, "operator_desa", item.area)
    return evidence.keep(upload, item=item, by=by, kind="photo", **more)


def test_it_lies_sealed_where_only_we_read(web: Any, held: tuple[Any, Path]) -> None:
    from tangga.web.work import evidence

    item, folder = held
    found = keep(item, web, taken_on=date(2026, 2, 1), place=" -3.8004 ,102.2655")
    (file,) = (one for one in folder.rglob("*") if one.is_file())
    assert b"JFIF" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert found.media == "image/jpeg", "by its content, whatever its name"
    assert "/" not in found.name and found.name.endswith(".exe")
    assert evidence.place_of(found) == "-3.8004, 102.2655"
    assert evidence.of(item) == [found]


def test_who_may_see_the_item_opens_it_and_is_recorded(web: Any, held: tuple[Any, Path]) -> None:
    item, _ = held
    found = keep(item, web, place="-3.8004, 102.2655")
    client = web.client("verifikator_kabkota", "1811")
    page = client.get(f"/bukti/{found.pk}/")
    assert page.status_code == 200 and item.number in page.content.decode()
    assert "-3.8004, 102.2655" in page.content.decode()
    assert "<script>" not in page.content.decode().split("<main")[1]
    file = client.get(f"/bukti/{found.pk}/berkas/")
    assert file["Content-Type"] == "image/jpeg" and file.content.startswith(b"\xff\xd8")
    assert "sandbox" in file["Content-Security-Policy"]
    assert file["X-Content-Type-Options"] == "nosniff"
    asked = (
        "SELECT what, count(*) AS n FROM audit_events WHERE about ->> 'evidence' = %s GROUP BY 1"
    )
    from families import ask

    counted = {row["what"]: row["n"] for row in ask(web, asked, str(found.pk))}
    assert counted == {"evidence_kept": 1, "evidence_seen": 1}


def test_nobody_else_does(web: Any, held: tuple[Any, Path]) -> None:
    item, _ = held
    found = keep(item, web)
    for part in ("", "berkas/"):
        to = f"/bukti/{found.pk}/{part}"
        assert web.client("verifikator_kabkota", "1771").get(to).status_code == 404
        assert web.client().get(to).status_code == 302
        assert web.client("administrator").get(to).status_code == 403
        item.cased = True
        item.save()
        assert web.client("verifikator_kabkota", "1811").get(to).status_code == 404
        item.cased = False
        item.save()


def test_a_role_that_sees_no_names_sees_no_photos(web: Any, held: tuple[Any, Path]) -> None:
    from tangga.web.access import access

    item, _ = held
    found = keep(item, web)
    blind = [
        code
        for code, role in access().roles.items()
        if role.sight("identity") != "full"
        and "families" in role.verbs
        and "country" in role.levels
    ]
    assert blind
    for role in blind:
        assert web.client(role, "").get(f"/bukti/{found.pk}/berkas/").status_code == 403


def test_a_lost_or_changed_file_is_told_apart_from_a_secret_one(
    web: Any, held: tuple[Any, Path]
) -> None:
    item, folder = held
    found = keep(item, web)
    client = web.client("verifikator_kabkota", "1811")
    file = folder / found.stored
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert client.get(f"/bukti/{found.pk}/berkas/").status_code == 410
    file.unlink()
    gone = client.get(f"/bukti/{found.pk}/berkas/")
    assert gone.status_code == 410 and "pengelola" in gone.content.decode()


def test_the_same_photo_for_two_families_is_told(web: Any, held: tuple[Any, Path]) -> None:
    from tangga.web.work.models import Item

    item, _ = held
    other = Item.objects.create(
        number=f"{item.number}-2", kind="correction", area=item.area, state="proposed",
        opened_on=item.opened_on,
    )  # fmt: skip
    keep(item, web)
    found = keep(other, web)
    said = web.client("verifikator_kabkota", "1811").get(f"/bukti/{found.pk}/").content.decode()
    assert item.number in said


def test_what_is_refused_leaves_nothing_behind(
    web: Any, held: tuple[Any, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangga.web.today import today
    from tangga.web.work import evidence

    item, folder = held
    for more in ({"content": b"MZ"}, {"place": "di rumah"}, {"place": "95, 10"},
                 {"taken_on": today().replace(year=today().year + 1)}):  # fmt: skip
        with pytest.raises(Refused):
            keep(item, web, **more)
    monkeypatch.setattr(evidence, "MOST_FILES", 1)
    keep(item, web)
    with pytest.raises(Refused, match="At most 1"):
        keep(item, web)
    item.closed_on = today()
    with pytest.raises(Refused, match="closed"):
        keep(item, web)
    assert len(evidence.of(item)) == 1
    assert len([one for one in folder.rglob("*") if one.is_file()]) == 1


def test_files_that_no_row_names_are_swept(web: Any, held: tuple[Any, Path]) -> None:
    from django.db import transaction

    from tangga.web.work import evidence

    item, folder = held
    kept = keep(item, web)
    with pytest.raises(RuntimeError), transaction.atomic():
        keep(item, web, photo(size=(30, 30)))
        raise RuntimeError("the server was killed before the request had ended")
    assert len(evidence.of(item)) == 1
    assert evidence.sweep() == 0, "it may be a request that is still running"
    for file in folder.rglob(f"*{evidence.SUFFIX}"):
        import os

        os.utime(file, (0, 0))
    assert evidence.sweep() == 1
    assert (folder / kept.stored).is_file()


def test_a_request_cannot_fill_the_disk(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tangga.web.work import receiving

    monkeypatch.setattr(receiving, "MOST_BYTES", 100_000)
    big = SimpleUploadedFile("foto.jpg", b"x" * 200_000)
    client = web.client("operator_desa", "1811032001")
    assert client.post("/cari/", {"berkas": big}).status_code == 413
