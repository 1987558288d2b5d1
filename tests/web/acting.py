"""Acting as a role without a page: a transaction as a request of theirs would have it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def acting(web: Any, role: str, area: str) -> Iterator[Any]:
    """The viewer, in a transaction with their rights that ends with the block."""
    from django.db import transaction

    from tangga.web.database import scope
    from tangga.web.viewer import open_for, posts_in_force, viewer_of

    user = web.user(role, area)
    with transaction.atomic():
        scope.close()
        viewer = viewer_of(user, posts_in_force(user.pk)[0])
        open_for(viewer)
        yield viewer
