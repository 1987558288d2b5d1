"""The accounts of the demo: one for each role of the pack, and neighbours to compare with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from tangga.cli.demo_areas import Chosen, choose
from tangga.errors import UserError

FAMILIES = "SELECT area, count(*) FROM family_index GROUP BY area"
ONE_FAMILY = """
SELECT family_id, head_name FROM family_index
WHERE area >= %s AND area < %s AND head_name IS NOT NULL
ORDER BY family_id LIMIT 1
"""
WORKER = """
SELECT w.worker, w.name
FROM workers AS w LEFT JOIN assignments AS a
    ON a.worker = w.worker AND a.pilar = w.pilar AND a.area >= %(low)s AND a.area < %(high)s
WHERE w.pilar = %(pilar)s AND w.active_to IS NULL
GROUP BY w.worker, w.name, w.area
HAVING count(a.worker) > 0 OR (w.area >= %(low)s AND w.area < %(high)s)
ORDER BY count(a.worker) DESC, w.worker LIMIT 1
"""
"""Who cares for most families of an area, or is the area's own."""

PILAR = "pilar"
"""The pack's list of kinds of workers; a role has the code or the name of one."""

NEIGHBOUR = "_tetangga"
"""At the end of the name of an account in the area beside."""

BOTH_SIDES = frozenset({"upload", "approve_release"})
BESIDE = ("regency", "village")
"""A role of one of these levels, with one of these verbs, has an account on both sides."""

FIRST_NAMES = ("Ayu", "Bagus", "Citra", "Dimas", "Endah", "Fitri", "Galih", "Hana")
LAST_NAMES = ("Wulandari", "Prasetyo", "Nuraini", "Saputra")


@dataclass(frozen=True)
class Account:
    """role and place: in words. family: id and head's name of one that the role sees, or None."""

    name: str
    password: str = field(repr=False)
    role: str
    place: str
    second_factor: bool
    family: tuple[str, str] | None


@dataclass(frozen=True)
class Wanted:
    """An account to be: what to log in with, the person's invented name, and the post."""

    username: str
    role: str
    area: str
    name: str
    worker: str


def make_accounts(url: str) -> list[Account]:
    """Made where missing; every one gets a new random password. Needs Django set up.

    UserError where the database holds accounts that no demo made.
    """
    from tangga.web.accounts.models import User

    there = {user.username: user for user in User.objects.all()}
    with _in_force(url) as con:
        wanted = list(_wanted(con))
        if any(name.removesuffix(NEIGHBOUR) not in _roles() for name in there):
            raise UserError("this database holds accounts that no demo made", todo="Use --fresh")
        passwords = _passwords([(there.get(one.username), one) for one in wanted])
        return [_account(con, *pair) for pair in zip(wanted, passwords, strict=True)]


def _roles() -> dict[str, Any]:
    from tangga.web.access import access

    return dict(access().roles)


def _wanted(con: Any) -> Iterator[Wanted]:
    """Every role at home, those of BOTH_SIDES in the area beside it too."""
    from tangga.synthetic import DEFAULT_AREAS

    chosen = choose(dict(con.execute(FAMILIES).fetchall()), DEFAULT_AREAS)
    names = (f"{first} {last}" for last, first in product(LAST_NAMES, FIRST_NAMES))
    for code, role in _roles().items():
        for username, area in _posts(code, role, chosen):
            worker, name = _worker(con, role, area) or ("", "")
            invented = next(names)
            yield Wanted(username, code, area, name.title() or invented, worker)


def _posts(code: str, role: Any, chosen: Chosen) -> Iterator[tuple[str, str]]:
    """Username and area of each account of a role."""
    level = role.levels[0]
    yield code, chosen.home[level]
    beside = chosen.beside.get(level)
    if beside and role.levels in [(one,) for one in BESIDE] and role.verbs & BOTH_SIDES:
        yield code + NEIGHBOUR, beside


def _worker(con: Any, role: Any, area: str) -> tuple[str, str] | None:
    """Code and name of a worker of the area, where the role is that of a pilar."""
    from tangga.web.database.scope import Scope
    from tangga.web.pack import pack

    listed = pack().codes[PILAR]
    said = role.label("id").casefold()
    named = (c for c in listed.codes if c == role.code or listed.label(c, "id").casefold() == said)
    low, high = Scope(area).bounds
    values = {"pilar": next(named, None), "low": low, "high": high}
    row = con.execute(WORKER, values).fetchone()
    return None if row is None else (str(row[0]), str(row[1] or ""))


def _account(con: Any, wanted: Wanted, password: str) -> Account:
    from tangga.web.pack import area_name

    role = _roles()[wanted.role]
    words = " / ".join(dict.fromkeys((role.label("id"), role.label("en"))))
    place = f"{area_name(wanted.area)} {wanted.area}".strip()
    family = _family(con, wanted.area) if "families" in role.verbs else None
    return Account(wanted.username, password, words, place, role.second_factor, family)


def _passwords(accounts: list[tuple[Any, Wanted]]) -> list[str]:
    """New ones, of the accounts that are there or are made now; each has the post wanted."""
    from django.contrib.auth.hashers import make_password

    from tangga.web.accounts.actions import one_time_password

    passwords = [one_time_password() for _ in accounts]
    there = [user for user, _ in accounts]
    # To hash one is slow on purpose: on all cores, since there are many. Of a new account this is
    # done where it is made.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        hashed = pool.map(lambda user, word: user and make_password(word), there, passwords)
        for (user, wanted), password, kept in zip(accounts, passwords, hashed, strict=True):
            _set(user, wanted, password, kept)
    return passwords


def _set(user: Any, wanted: Wanted, password: str, hashed: str | None) -> None:
    """hashed: of an account that is there."""
    from tangga.web.accounts.actions import create_account

    post = {"role": wanted.role, "area": wanted.area, "worker": wanted.worker}
    if user is None:
        create_account(
            username=wanted.username, name=wanted.name, by=None, password=password, **post
        )
        return
    user.password, user.name = hashed, wanted.name
    user.save(update_fields=["password", "name"])
    _move(user, post)


def _move(user: Any, post: dict[str, str]) -> None:
    """To this post, where the account holds another: the people may be others than last time."""
    from django.db import transaction

    from tangga.web.accounts.actions import end_post, give_post
    from tangga.web.viewer import open_accounts

    with transaction.atomic():
        open_accounts("")
        held = user.posts.filter(valid_to__isnull=True)
        for other in held.exclude(**post):
            end_post(post=other, by=None)
        if not held.filter(**post).exists():
            give_post(user=user, by=None, **post)


def _family(con: Any, area: str) -> tuple[str, str] | None:
    from tangga.web.database.scope import Scope

    row = con.execute(ONE_FAMILY, Scope(area).bounds).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


@contextmanager
def _in_force(url: str) -> Iterator[Any]:
    """The owner's connection, looking at the release in force."""
    import psycopg

    from tangga.web.register.loading import ledger

    with psycopg.connect(url, autocommit=True) as con:
        entry = ledger.in_force(con)
        if entry is None:
            raise UserError("no release is in force", todo="Use --fresh")
        path = psycopg.sql.SQL("SET search_path = {}, public")
        con.execute(path.format(psycopg.sql.Identifier(entry.schema)))
        yield con
