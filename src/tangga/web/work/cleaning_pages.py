"""Writes a PDF anew: its pages as they look, nothing that acts, nothing that tells who made it.

A program of its own (`python -m tangga.web.work.cleaning_pages MOST_PAGES < in > out`): a file that
was made to exhaust its reader exhausts this process only. It ends with 0 and the number of pages on
the standard error; or with 3 and one word there: locked, pages, empty_pages, damaged, too_heavy.
"""

from __future__ import annotations

import io
import resource
import sys
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

MEMORY = 1024**3
CPU_SECONDS = 20
REFUSED = 3

SHOWN_NOTES = (
    "/Widget", "/Stamp", "/FreeText", "/Ink", "/Highlight", "/Underline", "/Square", "/Circle",
    "/Line", "/StrikeOut", "/Polygon", "/PolyLine",
)  # fmt: skip
"""Notes on a page that only look like something: a stamp of a signature, what a form holds."""
NOTE_KEYS = (
    "/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/C", "/BS", "/Border", "/QuadPoints",
    "/InkList", "/L", "/Vertices", "/IC",
)  # fmt: skip
PAGE_KEYS = (
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox",
    "/Rotate", "/Contents", "/Annots", "/Group", "/UserUnit",
)  # fmt: skip
DROPPED = (
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMediaContent",
    "/RichMediaSettings", "/XFA", "/Metadata", "/PieceInfo", "/Info", "/AF", "/URI", "/Launch",
    "/LastModified", "/OPI", "/Alternates", "/A", "/PA", "/Dest",
)  # fmt: skip
"""Whatever acts when a page is opened or touched, brings a file along, or tells of its maker."""
ACTIONS = (
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/URI", "/GoTo", "/GoToR", "/GoToE",
    "/GoTo3DView", "/Rendition", "/Sound", "/Movie", "/Hide", "/Named", "/ResetForm",
    "/SetOCGState", "/RichMediaExecute", "/Thread", "/Trans",
)  # fmt: skip
DAMAGE = (
    *(PyPdfError, OSError, KeyError, TypeError, AttributeError, IndexError, AssertionError),
    ArithmeticError,
)
"""What reading a torn file raises."""


def rewritten(content: bytes, most: int) -> tuple[bytes, int]:
    """(the document anew, its pages). ValueError with one word for what cannot be kept."""
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise ValueError("locked")
    pages = len(reader.pages)
    if pages == 0:
        raise ValueError("empty_pages")
    if pages > most:
        raise ValueError("pages")
    writer = PdfWriter()
    for page in reader.pages:
        _plain(page)
        writer.add_page(page)
    for held in list(writer._objects):
        _still(held, set())
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue(), pages


def _plain(page: Any) -> None:
    """A page without what is not looked at."""
    for key in [key for key in page if key not in PAGE_KEYS]:
        del page[key]
    notes = page.get("/Annots")
    notes = notes.get_object() if notes is not None else None
    kept = []
    for note in notes if isinstance(notes, list) else ():
        found = note.get_object()
        if isinstance(found, DictionaryObject) and found.get("/Subtype") in SHOWN_NOTES:
            only = {NameObject(key): found[key] for key in NOTE_KEYS if key in found}
            kept.append(DictionaryObject(only))
    page.pop("/Annots", None)
    if kept:
        page[NameObject("/Annots")] = ArrayObject(kept)


def _still(held: Any, seen: set[int]) -> None:
    """Nothing below acts any more. A path of our own: a file may nest deeper than Python calls."""
    waiting = [held]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, dict):
            if str(one.get("/S")) in ACTIONS:
                one.clear()
            for key in [key for key in one if key in DROPPED]:
                del one[key]
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def main() -> int:
    """From the standard input to the standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    try:
        content, pages = rewritten(sys.stdin.buffer.read(), int(sys.argv[1]))
    except ValueError as error:
        known = ("locked", "pages", "empty_pages")
        why = str(error) if str(error) in known else "damaged"
    except (MemoryError, RecursionError):
        why = "too_heavy"
    except DAMAGE:
        why = "damaged"
    else:
        sys.stdout.buffer.write(content)
        sys.stderr.write(str(pages))
        return 0
    sys.stderr.write(why)
    return REFUSED


if __name__ == "__main__":
    import logging

    # Of a damaged file pypdf says much, and it may quote what is in it.
    logging.disable(logging.CRITICAL)
    sys.exit(main())
