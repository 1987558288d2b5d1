"""A companion of the test release, and the form of a visit as a browser would send it."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

from users import log_in, make_user

TODAY = date(2026, 3, 2)
CARD = re.compile(r'<li class="card visit-card at-(\w+)" id="k-(\w+)">')


def busiest(web: Any) -> tuple[str, str]:
    """The code of the worker with most families, and the district of most of these."""
    with web.owner() as con:
        found = con.execute(
            "SELECT worker, left(area, 6) FROM r_1.assignments WHERE worker IS NOT NULL"
            " AND area ~ '^[0-9]{10}$' GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1"
        ).fetchone()
    assert found is not None
    return str(found[0]), str(found[1])


def client_of(role: str, area: str, username: str, worker: str = "") -> Any:
    """A browser of somebody with this code of a worker."""
    from django.test import Client

    from tangga.web.accounts.models import User

    found = User.objects.filter(username=username).first()
    client = Client()
    log_in(client, found or make_user(role, area, username=username, worker=worker))
    return client


def cards(client: Any, address: str = "/kunjungan/") -> list[tuple[str, str]]:
    """(band, family) of the first page, in its order."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return CARD.findall(answer.content.decode())


def fields(text: str) -> dict[str, str]:
    """What a browser would send of the form of a visit as it is shown."""
    form = text.partition('<form method="post" class="visit-form"')[2].partition("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    for tag in re.findall(r"<input [^>]*>", form):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if said.get("type") in ("text", "date"):
            found[said["name"]] = said.get("value", "")
    for name, options in re.findall(r'(?s)<select name="([^"]+)".*?>(.*?)</select>', form):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    for name, value in re.findall(r'(?s)<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form):
        found[name] = value
    return {name: unescape(value) for name, value in found.items()}


def opened(client: Any, family: str) -> dict[str, str]:
    """The form of a family as it is shown, with a result chosen."""
    answer = client.get(f"/kunjungan/keluarga/{family}/")
    assert answer.status_code == 200, answer.status_code
    found = fields(answer.content.decode()) | {"result": "complete", "members_seen": "3"}
    return found | ({"income_month": "1.500.000"} if "income_month" in found else {})


def send(client: Any, family: str, sent: dict[str, str]) -> Any:
    """The answer to a form."""
    return client.post(f"/kunjungan/keluarga/{family}/", sent)


def visits(web: Any, family: str, columns: str = "*") -> list[Any]:
    """What is kept of the visits of a family, past every policy."""
    with web.owner() as con:
        return con.execute(
            f"SELECT {columns} FROM visits_visit WHERE family_id = %s AND NOT dropped ORDER BY at",
            [family],
        ).fetchall()
