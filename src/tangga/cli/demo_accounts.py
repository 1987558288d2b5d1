"""The accounts of the demo: one for each role of the pack, where most families are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tangga.errors import UserError

FAMILIES = "SELECT area, count(*) FROM family_index GROUP BY area"
ONE_FAMILY = """
SELECT family_id, head_name FROM family_index
WHERE area >= %s AND area < %s AND head_name IS NOT NULL
ORDER BY family_id LIMIT 1
"""


@dataclass(frozen=True)
class Account:
    """role and place: in words. family: id and head's name of one that the role sees, or None."""

    name: str
    password: str = field(repr=False)
    role: str
    place: str
    second_factor: bool
    family: tuple[str, str] | None


def make_accounts(url: str) -> list[Account]:
    """Made where missing; every one gets a new random password. Needs Django set up.

    UserError where the database holds accounts that no demo made.
    """
    from tangga.web.access import LEVELS, access
    from tangga.web.accounts.models import User
    from tangga.web.pack import area_name

    roles = access().roles
    there = {user.username: user for user in User.objects.all()}
    if set(there) - set(roles):
        raise UserError("this database holds accounts that no demo made", todo="Use --fresh")
    with _in_force(url) as con:
        busiest = _busiest(Counter(dict(con.execute(FAMILIES).fetchall())), LEVELS)
        made = []
        for code, role in roles.items():
            area = busiest[role.levels[0]]
            family = _family(con, area) if "families" in role.verbs else None
            words = " / ".join(dict.fromkeys((role.label("id"), role.label("en"))))
            place = f"{area_name(area)} {area}".strip()
            password = _password(there.get(code), code, area)
            made.append(Account(code, password, words, place, role.second_factor, family))
    return made


def _password(user: Any, code: str, area: str) -> str:
    """A new one, of the account that is there or of one made now."""
    from tangga.web.access import access
    from tangga.web.accounts.actions import create_account, one_time_password

    password = one_time_password()
    if user is not None:
        user.set_password(password)
        user.save(update_fields=["password"])
        return password
    name = access().roles[code].label("id")
    create_account(username=code, name=name, by=None, password=password, role=code, area=area)
    return password


def _busiest(families: Counter[str], levels: dict[str, int]) -> dict[str, str]:
    """Level -> code, each inside the one above it: the area with the most families there."""
    found = {}
    inside = ""
    for level, digits in sorted(levels.items(), key=lambda item: item[1]):
        counts: Counter[str] = Counter()
        for area, number in families.items():
            if area.startswith(inside) and len(area) >= digits and area.isdigit():
                counts[area[:digits]] += number
        inside = counts.most_common(1)[0][0] if counts else inside
        found[level] = inside
    return found


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
