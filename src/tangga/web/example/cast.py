"""Who acts in the examples: an account of each role, and how to act in its post on some day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from tangga.errors import UserError
from tangga.web.database import scope
from tangga.web.database.rows import rows
from tangga.web.today import pretend
from tangga.web.viewer import ActivePost, Viewer, open_for, posts_in_force, viewer_of
from tangga.web.work.models import Item

LIVING = """
SELECT f.family_id, f.area, f.head_person_id FROM families AS f
WHERE f.status = 'active' AND length(f.area) = 10 AND f.head_person_id IS NOT NULL
    AND f.family_id <> ALL(%(used)s) AND f.area LIKE %(within)s AND ({where})
ORDER BY (f.area = %(near)s) DESC, (left(f.area, 6) = left(%(near)s, 6)) DESC, f.family_id
LIMIT %(most)s
"""


class NoneFits(UserError):
    """No family of the release, or not enough of them, can serve as this example."""


@dataclass
class Cast:
    """users: role -> its account. near: the village whose families are taken first. today: the day
    of the demo; used: families that stand in an example already."""

    users: Mapping[str, Any]
    near: str
    today: date
    used: set[str] = field(default_factory=set)

    def ago(self, days: int) -> date:
        """A day so many days before today."""
        return self.today - timedelta(days=days)

    def post(self, role: str) -> ActivePost:
        """The post of a role. NoneFits where nobody has it."""
        found = self.users.get(role)
        for one in () if found is None else posts_in_force(found.pk):
            if one.role.code == role.partition(":")[0]:
                return one
        raise NoneFits(f"nobody acts as {role} here")

    @contextmanager
    def acting(self, role: str, ago: int = 0) -> Iterator[Viewer]:
        """What one request of this role does, so many days ago: with its rights, whole or not."""
        with pretend(self.ago(ago)), transaction.atomic():
            scope.close()
            viewer = viewer_of(self.users.get(role), self.post(role))
            open_for(viewer)
            yield viewer

    def families(
        self,
        role: str,
        where: str,
        many: int = 1,
        within: str = "",
        least: int | None = None,
        **values: Any,
    ) -> list[dict[str, Any]]:
        """So many families (at least `least`) that the role sees, that fit (SQL about `f`), and
        that no other example has. NoneFits."""
        with self.acting(role) as by:
            params = {
                **values,
                "used": sorted(self.used),
                "within": f"{within or by.area or ''}%",
                "near": self.near,
                "most": many,
            }
            found = rows(LIVING.format(where=where), params)
        if len(found) < (many if least is None else least):
            raise NoneFits(f"{len(found)} of {many} families fit")
        self.used |= {row["family_id"] for row in found}
        return found

    def free(self, families: Iterable[Mapping[str, Any]]) -> None:
        """These stand in no example after all."""
        self.used -= {row["family_id"] for row in families}

    def family(self, role: str, where: str, within: str = "", **values: Any) -> dict[str, Any]:
        """One of `families`."""
        return self.families(role, where, 1, within, **values)[0]

    def take(self, item: Any, step: str, role: str, ago: int = 0, **more: Any) -> Any:
        """A step of a matter as it stands, by a role, so many days ago."""
        from tangga.web.work.actions import take

        with self.acting(role, ago) as by:
            now = Item.objects.get(pk=item.pk)
            return take(now, step, by=by, version=now.version, **more)
