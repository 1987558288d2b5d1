"""Where a page of a list begins: a signed mark in the address, good for that list alone.

It holds the place of a row in its table and nothing that the row says.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.core import signing
from django.core.exceptions import BadRequest

SALT = "tangga.lists.page"
PLACE = re.compile(r"\(\d{1,10},\d{1,5}\)")


@dataclass(frozen=True)
class Mark:
    """Behind (back: before) which row a page begins, and its number."""

    place: str
    page: int
    back: bool = False


FIRST_PAGE = Mark("", 1)


class Stale(BadRequest):
    """A mark of another list, order or release: the page no longer exists."""


def write(mark: Mark, about: Mapping[str, object]) -> str:
    """The mark for an address. about: list, filters, order and release for which it is good."""
    said = [mark.place, mark.page, int(mark.back), _of(about)]
    return signing.dumps(said, salt=SALT, compress=True)


def read(text: str, about: Mapping[str, object]) -> Mark:
    """The first page for ''; BadRequest for a forged mark, Stale for one of another list."""
    if not text:
        return FIRST_PAGE
    try:
        place, page, back, of = signing.loads(text[:400], salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as wrong:
        raise BadRequest("cursor") from wrong
    if not PLACE.fullmatch(str(place)):
        raise BadRequest("cursor")
    if of != _of(about):
        raise Stale("cursor")
    return Mark(place, int(page), bool(back))


def _of(about: Mapping[str, object]) -> str:
    said = "\n".join(f"{key}={value}" for key, value in sorted(about.items()))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
