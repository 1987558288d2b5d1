"""Who may open the pages of programmes, and what they are shown of people and money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest

from tangga.web.pack import code_label
from tangga.web.paging import pager
from tangga.web.programmes.models import Round, Row
from tangga.web.programmes.who import Who, who
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

READERS = ("programmes", "rounds", "verify", "determine", "deliver")
A_PAGE = 50


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks."""
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def round_of(number: UUID) -> tuple[Round, Item | None]:
    """A round that the viewer may see, and its item where that is theirs too; Http404."""
    found = Round.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return found, Item.objects.filter(pk=number).first()


def paged(request: HttpRequest, found: Any, **more: str) -> tuple[Page[Any], dict[str, Any]]:
    """A page of rows, and what `ui.pager` needs. more: further values of the address."""
    page = Paginator(found, A_PAGE).get_page(request.GET.get("hal"))
    return page, pager(page, **more)


@dataclass(frozen=True)
class Shown:
    """A row as a viewer sees it: no national number, components and money by their role."""

    row: Row
    who: Who
    components: tuple[str, ...]
    money: bool


def shown(row: Row, viewer: Viewer) -> Shown:
    """One row in words."""
    sees = viewer.sight("sensitive") == "full"
    codes = [part["component"] for part in row.parts if part.get("component")]
    words = (code_label("component", code, viewer.language) for code in dict.fromkeys(codes))
    return Shown(row, who(row), tuple(words) if sees else (), viewer.sight("financial") == "full")
