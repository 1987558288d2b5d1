"""Example work in the demo's service: made once, by the demo's own accounts."""

from __future__ import annotations

from typing import Any

from tangga.cli import screen
from tangga.cli.demo_accounts import NEIGHBOUR
from tangga.texts import both

NEAR = "operator_desa"
"""The account whose village the examples are about."""

BESIDE = ":beside"


def furnish_demo() -> None:
    """Nothing where somebody has worked in this service already. Needs Django set up, and the
    accounts."""
    from tangga.web.example.furnish import furnish

    users = _users()
    near = _area(users[NEAR]) if NEAR in users else ""
    screen.beside.print(both("web_example.making"), style="dim")
    parts = furnish(users, near)
    if not parts:
        screen.beside.print(both("web_example.there"), style="dim")
    for part in parts:
        if part.short:
            name = both(f"web_example.{part.name}", between=" / ")
            said = both("web_example.short", part=name, why=part.short)
            screen.beside.print(said, style="yellow", soft_wrap=True)


def tasks() -> dict[str, int]:
    """Username -> how many matters wait for it."""
    from tangga.web.accounts.models import User
    from tangga.web.example.furnish import tasks_of

    return {user.username: many for user, many in tasks_of(User.objects.all()).items()}


def _users() -> dict[str, Any]:
    """Role -> its account; those of the area beside marked so."""
    from tangga.web.accounts.models import User

    return {_part(user.username): user for user in User.objects.all()}


def _part(username: str) -> str:
    beside = username.endswith(NEIGHBOUR)
    return username.removesuffix(NEIGHBOUR) + BESIDE if beside else username


def _area(user: Any) -> str:
    """Of an account's post."""
    from django.db import transaction

    from tangga.web.viewer import posts_in_force

    with transaction.atomic():
        posts = posts_in_force(user.pk)
    return posts[0].area if posts else ""
