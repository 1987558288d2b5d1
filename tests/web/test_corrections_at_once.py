"""Several at once, a server that dies, and a batch of many: the state is before or after."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from families import ask
from proposing import Office, a_family, evidence_in, fingerprint, other_code, state, version

from tangga.web.today import pretend

COLUMNS = ("floor", "wall", "roof", "toilet", "lighting", "cooking_fuel", "drinking_water")


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with pretend(date(2026, 2, 5)):
        yield


@pytest.fixture(autouse=True, scope="module")
def evidence_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with evidence_in(tmp_path_factory.mktemp("var")):
        yield


@pytest.fixture(scope="module")
def family(web: Any) -> dict[str, Any]:
    return a_family(web)


@pytest.fixture(scope="module")
def office(web: Any, family: dict[str, Any]) -> Office:
    return Office(web, family["area"])


def signing(web: Any, office: Office, batch: str) -> dict[str, str]:
    text = office.client("mayor").get(f"/usul/bundel/{batch}/").content.decode()
    return {
        "langkah": "sign",
        "versi": str(version(web, batch)),
        "dampak": fingerprint(text),
        "dokumen": "SK 460/2026",
    }


def test_two_at_once_take_a_step_once(web: Any, office: Office, family: dict[str, Any]) -> None:
    from django.db import connection

    item = office.value(family["family_id"], COLUMNS[0])
    office.verified(item)
    batch = office.batch(item)
    form = signing(web, office, batch)
    clients = [office.client("mayor") for _ in range(3)]

    def sign(client: Any) -> int:
        try:
            with pretend(date(2026, 2, 5)):
                return int(client.post(f"/usul/bundel/{batch}/langkah/", form).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(sign, clients)) == [302, 302, 302]
    assert (state(web, batch), state(web, item)) == ("signed", "ready")
    assert len(ask(web, "SELECT 1 FROM overlay_value WHERE item_id = %s", item)) == 1
    signed = "SELECT 1 FROM work_taken WHERE item_id = %s AND step = 'sign'"
    assert len(ask(web, signed, batch)) == 1


DIES = """
import os, signal
import django
django.setup()
from datetime import date
from django.test import Client
from tangga.web.corrections import effects
from tangga.web.today import pretend
real, done = effects.write.value, []
def dies(**said):
    if done:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(1)
    return real(**said)
effects.write.value = dies
client = Client()
client.cookies[os.environ["COOKIE"]] = os.environ["SESSION"]
form = dict(one.split("=", 1) for one in os.environ["FORM"].split("&"))
with pretend(date(2026, 2, 5)):
    client.post(os.environ["WHERE"], form)
"""


@pytest.mark.slow
def test_a_server_that_dies_while_it_signs_leaves_all_as_it_was(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    from django.conf import settings

    items = [office.value(family["family_id"], one) for one in COLUMNS[1:4]]
    office.verified(*items)
    batch = office.batch(*items)
    form = signing(web, office, batch)
    cookie = settings.SESSION_COOKIE_NAME
    environment = {
        **os.environ,
        "DATABASE_URL": web.url,
        "COOKIE": cookie,
        "SESSION": office.client("mayor").cookies[cookie].value,
        "FORM": "&".join(f"{key}={value}" for key, value in form.items()),
        "WHERE": f"/usul/bundel/{batch}/langkah/",
    }
    done = subprocess.run([sys.executable, "-c", DIES], env=environment, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
    assert state(web, batch) == "presented"
    assert {state(web, one) for one in items} == {"recommended"}
    assert not ask(web, "SELECT 1 FROM overlay_value WHERE item_id = ANY(%s::uuid[])", items)
    office.sign(batch)
    assert {state(web, one) for one in items} == {"ready"}


@pytest.mark.slow
def test_a_batch_of_many_is_shown_and_signed_in_reasonable_time(web: Any, office: Office) -> None:
    from time import monotonic

    query = (
        "SELECT family_id FROM families WHERE area = %s AND status = 'active' "
        "AND floor IS NOT NULL "
        "AND family_id NOT IN (SELECT family_id FROM work_item) LIMIT 60"
    )
    items = [
        office.value(row["family_id"], "floor", other_code(web, row["family_id"], "floor"))
        for row in ask(web, query, office.village)
    ]
    office.verified(*items)
    batch = office.batch(*items)
    began = monotonic()
    form = signing(web, office, batch)
    shown = monotonic() - began
    began = monotonic()
    answer = office.client("mayor").post(f"/usul/bundel/{batch}/langkah/", form)
    signed = monotonic() - began
    print(f"{len(items)} proposals: shown in {shown:.2f} s, signed in {signed:.2f} s")
    assert answer.status_code == 302 and state(web, batch) == "signed"
    assert shown < 10 and signed < 20
