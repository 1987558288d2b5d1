"""What the load generator asks the service, taken from the register that is loaded.

Django is set up, and DATABASE_URL is the owner's: he reads past the policies.
"""

from __future__ import annotations

import random
from datetime import date
from typing import Any
from urllib.parse import urlencode

import psycopg

from bench.web_client import Request
from bench.web_login import session_of

MANY = 400
PASSWORD = "never-used-to-log-in-7"  # pragma: allowlist secret


def questions(url: str, seed: int = 1) -> dict[str, list[Request]]:
    """Each kind of question -> requests, of an officer of the regency that holds most families."""
    chance = random.Random(seed)
    with psycopg.connect(url) as con:
        schema = con.execute("SELECT 'r_' || number FROM register_current").fetchone()[0]
        con.execute(f"SET search_path = {schema}, public")
        regency = con.execute(
            "SELECT left(area, 4) FROM family_index WHERE length(area) = 10 "
            "GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        ).fetchone()[0]
        inside = [regency, regency + "~"]
        where = "area >= %s AND area < %s"
        families = _some(con, f"SELECT family_id FROM family_index WHERE {where}", inside, chance)
        people = f"SELECT nik, name, birth_year FROM persons WHERE {where} AND length(name) > 5"
        found = _some(con, f"{people} AND nik IS NOT NULL AND status = 'active'", inside, chance)
        places = f"SELECT DISTINCT area FROM family_index WHERE {where}"
        villages = [row[0] for row in _some(con, places, inside, chance)]
    headers = _session("operator_kabkota", regency)
    return {
        "family": [Request(f"/keluarga/{row[0]}/", None, headers) for row in families],
        "number": [_search(headers, _opened(row[0])) for row in found],
        "name": [
            _search(headers, _mistyped(row[1], chance), str(row[2] or "") if n % 2 else "")
            for n, row in enumerate(found)
        ],
        "name_word": [_search(headers, row[1].split()[0]) for row in found],
        "name_full": [_search(headers, row[1]) for row in found if " " in row[1]],
        "dashboard": [
            Request(f"/wilayah/{area}/", None, headers)
            for area in [regency, *sorted({each[:6] for each in villages}), *villages][:60]
        ],
        "dashboard_nation": [
            Request(path, None, _session("kemensos", ""))
            for path in ("/wilayah/", f"/wilayah/{regency[:2]}/", f"/wilayah/{regency}/")
        ],
        "list": [
            Request(path, None, headers)
            for path in ("/daftar/families/", "/daftar/determined/", "/daftar/due_moves/")
        ],
    }


def _some(con: Any, query: str, params: list[str], chance: random.Random) -> list[Any]:
    rows = con.execute(query, params).fetchall()
    return chance.sample(rows, min(MANY, len(rows)))


def _search(headers: dict[str, str], typed: str, year: str = "") -> Request:
    from django.conf import settings
    from django.middleware.csrf import _get_new_csrf_string

    mark = _get_new_csrf_string()
    form = {"csrfmiddlewaretoken": mark, "q": typed, "tahun": year}
    sent = {
        "Cookie": f"{headers['Cookie']}; {settings.CSRF_COOKIE_NAME}={mark}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return Request("/cari/", urlencode(form).encode(), sent, expected=(200, 302))


def _opened(sealed: bytes) -> str:
    from tangga.web.secrets import unseal

    return unseal(sealed)


def _mistyped(name: str, chance: random.Random) -> str:
    """A name with one letter left out, as it is said on the telephone."""
    letters = list(name.lower())
    del letters[chance.randrange(1, len(letters))]
    return "".join(letters)


def _session(role: str, area: str) -> dict[str, str]:
    """The cookie of somebody logged in with the second factor."""
    from django.conf import settings

    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(_user(role, area))}"}


def _user(role: str, area: str) -> Any:
    from tangga.web.accounts.actions import create_account, give_post
    from tangga.web.accounts.models import User

    name = f"bench-{role.replace('_', '-')}-{area or 'n'}"
    found = User.objects.filter(username=name).first()
    if found is not None:
        return found
    made = create_account(username=name, password=PASSWORD, by=None)
    user = made[0]
    give_post(user=user, role=role, area=area, by=None, valid_from=date(2020, 1, 1))
    return user
