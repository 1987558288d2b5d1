"""What may be kept as evidence, by its content, and nothing in it that was not meant to be shown.

A picture is drawn anew: what a camera or a sender hid in it (place, device, a second file behind
it) is gone. A document of pages is written anew by another process, which cannot take the service
down with it. Pure: bytes in, bytes out.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from tangga.errors import UserError
from tangga.texts import Language, say

MOST_BYTES = 15 * 1024 * 1024
"""Of one file as it comes in."""
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2048
QUALITY = 82
MOST_PAGES = 60
SECONDS = 30
PICTURES = ("JPEG", "PNG", "WEBP")
JPEG, PDF = "image/jpeg", "application/pdf"
ENDINGS = {JPEG: ".jpg", PDF: ".pdf"}

TABLE, DOCUMENT, PACKED = "table", "document", "packed"
SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"#!", "program"),
    (b"PK", PACKED),
    (b"Rar!", PACKED),
    (b"7z\xbc\xaf", PACKED),
    (b"\x1f\x8b", PACKED),
    (b"\xd0\xcf\x11\xe0", DOCUMENT),
    (b"{\\rtf", DOCUMENT),
)
HEIC = re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)
VIDEO = re.compile(rb"....ftyp", re.DOTALL)
PAGE = re.compile(
    rb"\s*(?:<!doctype|<html|<head|<body|<table|<script|<meta|<\?xml|<\?php|<svg|<!--)", re.I
)


class Refused(UserError):
    """A file that cannot be evidence; key: `web_evidence.refused_KEY`."""

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(self.words("en"))

    def words(self, language: Language) -> str:
        """What is wrong, and what to do."""
        return say(f"web_evidence.refused_{self.key}", language, **self.values)


@dataclass(frozen=True)
class Cleaned:
    """What is kept. pages: of a document; 1 for a picture."""

    content: bytes
    media: str
    pages: int = 1


def clean(content: bytes) -> Cleaned:
    """A picture as JPEG, or a document as PDF, whatever the file was called.

    Raises Refused for what is too large, locked, damaged, disguised, or neither of the two.
    """
    if not content.strip():
        raise Refused("empty")
    if len(content) > MOST_BYTES:
        raise Refused("too_large", most=MOST_BYTES // 1024**2)
    if content.startswith(b"%PDF-"):
        return _document(content)
    for sign, why in SIGNS:
        if content.startswith(sign):
            raise Refused(why)
    if PAGE.match(content.removeprefix(b"\xef\xbb\xbf")):
        raise Refused("web_page")
    if HEIC.match(content):
        raise Refused("heic")
    if VIDEO.match(content):
        raise Refused("video")
    return Cleaned(_picture(content), JPEG)


def _picture(content: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            # Of pixels that a header promises: we count them ourselves.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=PICTURES) as opened:
                return _drawn(opened)
    except Refused:
        raise
    except UnidentifiedImageError:
        raise Refused("unknown") from None
    except Image.DecompressionBombError:
        raise Refused("pixels", most=MOST_PIXELS // 1_000_000) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, IndexError, TypeError):
        raise Refused("damaged") from None


def _drawn(opened: Image.Image) -> bytes:
    if opened.width * opened.height > MOST_PIXELS:
        raise Refused("pixels", most=MOST_PIXELS // 1_000_000)
    # Of a JPEG only as many points are read as are kept: a quarter of the time and memory.
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture = ImageOps.exif_transpose(opened)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", picture.size, "white")
    if "A" in picture.getbands() or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        plain.paste(seen, mask=seen.getchannel("A"))
    else:
        plain.paste(picture.convert("RGB"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _document(content: bytes) -> Cleaned:
    """Rewritten by a process of its own, without our environment, with limits of its own."""
    command = [sys.executable, "-I", "-m", "tangga.web.work.cleaning_pages", str(MOST_PAGES)]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise Refused("too_heavy") from None
    if done.returncode == 0 and done.stdout.startswith(b"%PDF-"):
        if len(done.stdout) > MOST_BYTES:
            raise Refused("too_large", most=MOST_BYTES // 1024**2)
        return Cleaned(done.stdout, PDF, int(done.stderr or b"1"))
    why = done.stderr.decode("ascii", "replace").strip()
    if why in ("locked", "pages", "empty_pages"):
        raise Refused(why, most=MOST_PAGES)
    # A signal: it took more memory or time than a document of an office needs.
    raise Refused("too_heavy" if done.returncode < 0 or why == "too_heavy" else "damaged")
