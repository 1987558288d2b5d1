"""What a transaction may see: role, release and area, all local to the transaction.

Session settings would leak through the pool, and a setting that was never made must show nothing.
So a request begins closed, and opens the area only when it is known who asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tangga.web.database import prepared

APP_ROLE = "tangga_app"
LAST = "~"
"""Sorts after every digit under the C collation: codes of an area are from CODE to CODE~."""

CLOSE = """
SELECT r.number, r.release, r.as_of, set_config('role', %s, true),
       set_config('search_path', coalesce('r_' || c.number || ', ', '') || 'public', true),
       set_config('app.area_from', '', true), set_config('app.area_to', '', true),
       set_config('app.case', '', true), set_config('app.user', '', true),
       set_config('app.objectors', '', true)
FROM (SELECT 1) AS always
LEFT JOIN public.register_current AS c ON c.number IS NOT NULL
LEFT JOIN public.register_releases AS r ON r.number = c.number
"""
OPEN = """
SELECT set_config('app.area_from', %s, true), set_config('app.area_to', %s, true),
       set_config('app.case', %s, true), set_config('app.user', %s, true),
       set_config('app.objectors', %s, true)
"""
AREA = "SELECT current_setting('app.area_from', true), current_setting('app.area_to', true)"
WITHIN = "SELECT set_config('app.area_from', %s, true), set_config('app.area_to', %s, true)"
FIRST = "!"
"""Sorts before every digit, and is not empty: an empty setting shows nothing."""


@dataclass(frozen=True)
class Scope:
    """The area, and whether case data and who lodged a report may be read.

    area: '' is the nation, None nothing at all.
    """

    area: str | None
    case: bool = False
    user: int | None = None
    objectors: bool = False

    @property
    def bounds(self) -> tuple[str, str]:
        """From (inclusive) and to (exclusive), as the policies compare."""
        if self.area is None:
            return "", ""
        return (self.area or FIRST, f"{self.area}{LAST}")


def close() -> dict[str, Any] | None:
    """Take the role of a request, pin the release in force, and see nothing yet.

    What was pinned: its number, release and as_of; None where no release is in force.
    """
    found = prepared.row(CLOSE, [APP_ROLE]) or (None, "", None)
    number, release, as_of, *_ = found
    return None if number is None else {"number": number, "release": release, "as_of": as_of}


def open_to(scope: Scope) -> None:
    """See what the scope says, until the transaction ends."""
    low, high = scope.bounds
    who = "" if scope.user is None else str(scope.user)
    told = ["yes" if one else "" for one in (scope.case, scope.objectors)]
    prepared.row(OPEN, [low, high, told[0], who, told[1]])


@contextmanager
def beyond_the_area() -> Iterator[None]:
    """For what follows from somebody's act in an area that they do not see: the whole register is
    open inside, for statements whose answers nobody is shown. Leaving it, also by an error, closes
    it again: what is set after a savepoint goes with it.
    """
    with transaction.atomic():
        area = prepared.row(AREA, [])
        prepared.row(WITHIN, Scope("").bounds)
        yield
        prepared.row(WITHIN, area)
