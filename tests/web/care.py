"""How tests of care act: a transaction as a request of somebody has it, and whom it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from families import ask


@contextmanager
def acting(web: Any, role: str, area: str) -> Iterator[Any]:
    """The viewer, in a transaction with their rights."""
    with acting_as(web.user(role, area), role) as viewer:
        yield viewer


@contextmanager
def acting_as(user: Any, role: str) -> Iterator[Any]:
    """A user in one of their posts."""
    from django.db import transaction

    from tangga.web.database import scope
    from tangga.web.viewer import open_for, posts_in_force, viewer_of

    with transaction.atomic():
        scope.close()
        posts = posts_in_force(user.pk)
        viewer = viewer_of(user, next(one for one in posts if one.role.code == role))
        open_for(viewer)
        yield viewer


def tick(day: Any) -> int:
    """What the clock does on a day."""
    from tangga.web.work.clock_job import overdue

    return overdue(day)


ADULT = """
SELECT p.person_id, p.family_id, f.area, f.village FROM persons AS p
JOIN families AS f USING (family_id)
WHERE f.area LIKE %s AND p.status = 'active' AND f.status = 'active' AND p.birth_year < 1995
AND NOT EXISTS (SELECT FROM cases AS c WHERE c.family_id = p.family_id)
AND (SELECT count(*) FROM persons AS m WHERE m.family_id = p.family_id) >= 3
ORDER BY p.person_id OFFSET %s LIMIT 1
"""


def somebody(web: Any, regency: str, nth: int = 0) -> dict[str, Any]:
    """A grown person of a family of three or more without any case."""
    return ask(web, ADULT, regency + "%", nth)[0]
