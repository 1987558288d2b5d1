"""The figures of one area, and the list behind each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from tangga.web.lists.definitions import UNKNOWN, WHOLE, definitions
from tangga.web.lists.definitions import figures as all_figures
from tangga.web.lists.opened import may_open
from tangga.web.viewer import Viewer


@dataclass(frozen=True)
class Number:
    """value: None where it is not known or not shown; hidden tells which. to: its list, or ''."""

    value: int | None
    to: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Links:
    """The lists that a viewer may open, in an area."""

    viewer: Viewer
    area: str

    def to(self, name: str, **filters: str) -> str:
        """The address of a list with its filters, the empty ones left out; '' where the viewer may
        not open it."""
        if not may_open(definitions()[name], self.viewer):
            return ""
        asked = {"wilayah": self.area} if self.area else {}
        told = {key: value for key, value in (asked | filters).items() if value}
        return _address(name, tuple(told.items()))


@lru_cache(maxsize=8192)
def _address(name: str, asked: tuple[tuple[str, str], ...]) -> str:
    return f"{reverse('list', args=[name])}{'?' if asked else ''}{urlencode(asked)}"


class Numbers:
    """Figure and key -> number, of one area."""

    def __init__(self, found: Mapping[tuple[str, str], int | None], links: Links) -> None:
        self._found, self._links = found, links

    def __call__(self, figure: str, key: str = WHOLE) -> Number:
        """A number with its list: 0 where none was counted, unknown where there is no such list."""
        defined = all_figures()[figure]
        filters = {defined.by: key} if defined.by else {}
        to = self._links.to(defined.list, **filters)
        if (figure, key) in self._found:
            value = self._found[figure, key]
            return Number(value, to if value or defined.sum else "", hidden=value is None)
        # Every whole list that the release can fill has a number in every area.
        whole = next(
            one.name
            for one in definitions()[defined.list].figures.values()
            if not one.by and not one.sum
        )
        return Number(0 if (whole, WHOLE) in self._found and not defined.hidden else None)

    def keys(self, figure: str) -> list[str]:
        """The keys that this area has, the unknown last."""
        found = [key for name, key in self._found if name == figure]
        return sorted(found, key=lambda key: (key == UNKNOWN, key))

    def value(self, figure: str, key: str = WHOLE) -> int | None:
        """The bare number."""
        return self(figure, key).value

    def __bool__(self) -> bool:
        return bool(self._found)


def by_area(
    found: Iterable[Mapping[str, object]],
) -> dict[str, dict[tuple[str, str], int | None]]:
    """Rows of `figures` -> area -> (figure, key) -> value."""
    areas: dict[str, dict[tuple[str, str], int | None]] = {}
    for row in found:
        value = row["value"]
        assert value is None or isinstance(value, int)
        areas.setdefault(str(row["area"]), {})[str(row["figure"]), str(row["key"])] = value
    return areas
