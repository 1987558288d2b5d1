"""What a transaction may see: role, release and area, all local to the transaction.

Session settings would leak through the pool, and a setting that was never made must show nothing.
So a request begins closed, and opens the area only when it is known who asks.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

APP_ROLE = "tangga_app"
LAST = "~"
"""Sorts after every digit under the C collation: codes of an area are from CODE to CODE~."""

CLOSE = """
SELECT set_config('role', %s, true),
       set_config('search_path', coalesce(
           (SELECT 'r_' || number FROM public.register_current WHERE number IS NOT NULL) || ', ', ''
       ) || 'public', true),
       set_config('app.area_from', '', true), set_config('app.area_to', '', true),
       set_config('app.case', '', true), set_config('app.user', '', true)
"""
OPEN = """
SELECT set_config('app.area_from', %s, true), set_config('app.area_to', %s, true),
       set_config('app.case', %s, true), set_config('app.user', %s, true)
"""
FIRST = "!"
"""Sorts before every digit, and is not empty: an empty setting shows nothing."""


@dataclass(frozen=True)
class Scope:
    """The area and whether case data may be read; area '' is the nation, None nothing at all."""

    area: str | None
    case: bool = False
    user: int | None = None

    @property
    def bounds(self) -> tuple[str, str]:
        """From (inclusive) and to (exclusive), as the policies compare."""
        if self.area is None:
            return "", ""
        return (self.area or FIRST, f"{self.area}{LAST}")


def close() -> None:
    """Take the role of a request, pin the release in force, and see nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, [APP_ROLE])


def open_to(scope: Scope) -> None:
    """See what the scope says, until the transaction ends."""
    low, high = scope.bounds
    with connection.cursor() as cursor:
        who = "" if scope.user is None else str(scope.user)
        cursor.execute(OPEN, [low, high, "yes" if scope.case else "", who])
