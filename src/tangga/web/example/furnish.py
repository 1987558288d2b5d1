"""All the example work at once: part by part, each whole or not at all, and only once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tangga.errors import UserError
from tangga.web.database import scope
from tangga.web.example import (
    care,
    climb,
    desk,
    distribution,
    doubles,
    fieldwork,
    office_files,
    plan,
    proposals,
)
from tangga.web.example.cast import Cast
from tangga.web.today import today
from tangga.web.viewer import open_for, posts_in_force, viewer_of
from tangga.web.work.clock_job import as_the_service
from tangga.web.work.models import Item
from tangga.web.work.queries import waiting

# Those that need families of a rare sort choose before those that take any.
PARTS: Mapping[str, Callable[[Cast], None]] = {
    **climb.PARTS,
    **distribution.PARTS,
    **care.PARTS,
    **fieldwork.PARTS,
    **proposals.PARTS,
    **doubles.PARTS,
    **desk.PARTS,
    **plan.PARTS,
    **office_files.PARTS,
}
"""Name -> what makes it, in their order."""


@dataclass(frozen=True)
class Part:
    """What became of a part. short: '' where it was made whole, else what is lacking."""

    name: str
    short: str = ""


def furnished() -> bool:
    """Whether there is work in this service already, of whoever."""
    with transaction.atomic():
        as_the_service()
        return Item.objects.exists()


@transaction.atomic
def furnish(
    users: Mapping[str, Any], near: str, progress: Callable[[str], None] = lambda part: None
) -> list[Part]:
    """Make the examples, or add nothing where there is work already ([]).

    users: role -> its account; `ROLE:beside` of the regency beside. near: the village of the
    accounts of the village. A part for which the register has no families is left out or made in
    part, and says so. Any other mistake is raised, and then there is no example at all.
    """
    if furnished():
        return []
    cast = Cast(users, near, today())
    return [_made(name, make, cast, progress) for name, make in PARTS.items()]


def _made(
    name: str, make: Callable[[Cast], None], cast: Cast, progress: Callable[[str], None]
) -> Part:
    progress(name)
    try:
        with transaction.atomic():
            make(cast)
    except UserError as wrong:
        return Part(name, wrong.sentence())
    return Part(name)


def tasks_of(users: Iterable[Any]) -> dict[Any, int]:
    """Account -> how many matters wait for it, in its first post."""
    found = {}
    for user in users:
        with transaction.atomic():
            scope.close()
            posts = posts_in_force(user.pk)
            viewer = viewer_of(user, posts[0] if posts else None)
            open_for(viewer)
            found[user] = waiting(viewer).count() if posts else 0
    return found
