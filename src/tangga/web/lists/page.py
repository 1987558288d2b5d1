"""A list as its page shows it: heads, rows in words, the areas below, what narrows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from tangga.texts import long_date, say
from tangga.web.dashboard.places import way_to
from tangga.web.lists import counts
from tangga.web.lists.columns import Shown, place
from tangga.web.lists.cursor import Mark
from tangga.web.lists.opened import AREA, EXACT, FROM, Opened, sort_link, sortable
from tangga.web.lists.rows_of import PAGE, Row
from tangga.web.pack import area_name
from tangga.web.viewer import Viewer

FAMILY_PAGE = "family"


@dataclass(frozen=True)
class Head:
    """The head of a column. to: where a click sorts, '' where it cannot."""

    column: Shown
    to: str
    state: str


@dataclass(frozen=True)
class Cell:
    """One cell in words."""

    label: str
    text: str
    numeric: bool = False
    to: str = ""
    tight: bool = False

    @property
    def look(self) -> str:
        """Its classes."""
        said = (("number", self.numeric), ("tight", self.tight), ("empty", not self.text))
        return " ".join(name for name, true in said if true)


@dataclass(frozen=True)
class Part:
    """How many rows in an area below. to: the list there; '' where it goes no deeper."""

    code: str
    name: str
    many: int
    to: str


@dataclass(frozen=True)
class Pager:
    """Where the pages before and behind are. of: how many pages there are."""

    number: int
    of: int
    before: str | None
    after: str | None


def heads(opened: Opened) -> list[Head]:
    """Each column's head."""
    found = []
    for column in opened.layout.columns:
        to, state = sort_link(opened, column) if sortable(column) else ("", "")
        found.append(Head(column, to, state))
    return found


def cells(opened: Opened, row: Row, *, links: bool = True) -> list[Cell]:
    """A row in words; its first cell leads to the family."""
    language, day = opened.viewer.language, opened.release.as_of
    to = ""
    if links and row.family and opened.viewer.may("families"):
        to = reverse(FAMILY_PAGE, args=[row.family])
    found = []
    for n, (column, value) in enumerate(zip(opened.layout.columns, row.values, strict=True)):
        text = place(str(value), language) if column.kind == "area" and value else ""
        text = text or column.text(value, language, day)
        leads = to if n == 0 else ""
        tight = column.kind in ("day", "moment", "sealed")
        found.append(Cell(column.label, text, column.numeric, leads, tight))
    return found


def parts(opened: Opened) -> list[Part]:
    """How many rows in each area just inside; their sum is the whole list."""
    return [
        Part(code, _name(opened, code), many, _below(opened, code))
        for code, many in counts.parts(opened)
    ]


def _name(opened: Opened, code: str) -> str:
    if code == opened.area:
        return say(
            "web_list.itself", opened.viewer.language, area=place(code, opened.viewer.language)
        )
    return place(code, opened.viewer.language)


def _below(opened: Opened, code: str) -> str:
    if not code[:1].isdigit() or opened.exact:
        return ""
    if code == opened.area:
        deepest = len(code) >= opened.digits
        return "" if deepest else opened.address({EXACT: "1"})
    return opened.address({AREA: code})


def crumbs(opened: Opened) -> list[tuple[str, str | None]]:
    """From all lists to this one, down to the area in front of the viewer."""
    language = opened.viewer.language
    own = opened.viewer.area or ""
    found: list[tuple[str, str | None]] = [(say("web.nav_lists", language), reverse("lists"))]
    way = [(name, code) for name, code in way_to(opened.viewer, opened.area, language)]
    inside = [(name, code) for name, code in way if code is not None and len(code) >= len(own)]
    found.append((opened.definition.label(language), opened.address({AREA: own, EXACT: None})))
    found += [
        (name, opened.address({AREA: code, EXACT: None})) for name, code in inside if code != own
    ]
    return [*found[:-1], (found[-1][0], None)]


def state(opened: Opened) -> list[tuple[str, str, str]]:
    """What narrows the list, in words: label, value, the list without it."""
    language = opened.viewer.language
    found = []
    if opened.area != (opened.viewer.area or ""):
        away = opened.address({AREA: opened.viewer.area or "", EXACT: None})
        found.append((say("web_list.area", language), area_name(opened.area, language), away))
    for one in opened.chosen.active:
        found.append((one.label, one.words, opened.address({one.name: None})))
    return found


def fixed(opened: Opened) -> set[str]:
    """Columns that say the same in each row of a sheet: its head says it once."""
    own = opened.definition.filters
    named = {
        own[one.name].column.removeprefix("t.") for one in opened.chosen.active if one.name in own
    }
    return named | {"area"}


def pager(opened: Opened, mark: Mark, shown: Sequence[Row], more: bool, total: int) -> Pager:
    """The pages around this one, of a list of so many rows."""
    further, earlier = (True, more) if mark.back else (more, mark.page > 1)
    before = after = None
    if shown and further:
        after = opened.mark(shown[-1], mark.page + 1)
    if shown and earlier:
        first = mark.page <= 2
        before = (
            opened.address({FROM: None})
            if first
            else opened.mark(shown[0], mark.page - 1, back=True)
        )
    return Pager(mark.page, -(-total // PAGE), before, after)


def title_lines(opened: Opened, who: str, when: str, total: int) -> Iterator[tuple[str, str]]:
    """What stands above a list on paper and in a workbook."""
    language = opened.viewer.language
    if opened.definition.paper:
        number = opened.definition.paper
        yield say("web_list.paper", language), say("web_list.paper_number", language, number=number)
    yield say("web_list.area", language), area_name(opened.area, language)
    for label, value, _ in state(opened):
        if label != say("web_list.area", language):
            yield label, value
    yield say("web_list.release", language), opened.release.name
    yield say("web_list.as_of", language), say_day(opened)
    yield say("web_list.made_by", language), who
    yield say("web_list.made_at", language), when
    yield say("web_list.rows", language), say("web_list.count", language, count=total)


def who(viewer: Viewer) -> str:
    """Name and role of a viewer, once where the account is called as its role is."""
    return " · ".join(dict.fromkeys((viewer.user.called, role_of(viewer)))).removesuffix(" · ")


def role_of(viewer: Viewer) -> str:
    """The role in words; '' without one."""
    return viewer.role.label(viewer.language) if viewer.role else ""


def say_day(opened: Opened) -> str:
    """The day the release speaks of."""
    return long_date(opened.release.as_of, opened.viewer.language)
