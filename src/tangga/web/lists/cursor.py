"""Where a page of a list begins: the place of a row in its table, in a signed cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import BadRequest

from tangga.web import cursors


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
    return cursors.make(f"{mark.place} {mark.page} {int(mark.back)}", about)


def read(text: str, about: Mapping[str, object]) -> Mark:
    """The first page for ''; BadRequest for a forged mark, Stale for one of another list."""
    try:
        said = cursors.read(text, about)
    except cursors.OfAnother as wrong:
        raise Stale("cursor") from wrong
    except cursors.Unreadable as wrong:
        raise BadRequest("cursor") from wrong
    if not said:
        return FIRST_PAGE
    place, page, back = said.split(" ")
    return Mark(place, int(page), back == "1")
