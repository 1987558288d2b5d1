"""The pages for everybody as they go over the wire: light, without scripts, and alike in bytes and
time whoever is asked for."""

from __future__ import annotations

import http.client
import re
import statistics
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from public_people import Somebody, forget_tries, of_programme, people

pytestmark = pytest.mark.slow

MOST_BYTES = 50_000
PHONE = {"width": 320, "height": 640}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]*)"')
SAME_TIME = 0.010
"""Seconds by which means may differ on a machine that does other things as well."""

EACH_TIME_NEW = {"date", "set-cookie", "content-security-policy"}
"""Headers that differ from answer to answer anyway."""


@pytest.fixture
def residents(service: Any) -> list[Somebody]:
    forget_tries(service.web)
    return [one for one in of_programme(service.web, "pkh", most=30) if one.area[:4] == "1811"]


class Scales:
    """Counts every byte that a window loads, headers too."""

    def __init__(self, page: Any) -> None:
        self.bytes = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.loadingFinished", self._more)

    def _more(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def weigh(self) -> int:
        found, self.bytes = self.bytes, 0
        return found


def test_a_resident_without_scripts_on_a_small_telephone(
    service: Any, residents: list[Somebody]
) -> None:
    """The whole way, from the status to the reasons; each page with all it loads."""
    page = service.visit(viewport=PHONE, java_script_enabled=False)
    scales, weights = Scales(page), {}

    def look(name: str) -> None:
        page.wait_for_load_state("networkidle")
        weights[name] = scales.weigh()
        assert page.locator("script").count() == 0, name
        assert page.locator("h1").count() == 1, name

    for path in ("/cek/", "/cek/tiket/", "/terbuka/", "/terbuka/1811/", "/aturan/", "/aturan/pkh/"):
        page.goto(path)
        look(path)
    one = residents[0]
    page.goto("/cek/")
    scales.weigh()
    for name, value in one.form.items():
        page.fill(f"#{name}", value)
    page.get_by_role("button", name="Lihat").click()
    look("status")
    assert "Anda terdaftar" in page.inner_text("main")
    assert "ditetapkan oleh Kementerian Sosial" in page.inner_text("main")
    assert not {name: many for name, many in weights.items() if not 0 < many <= MOST_BYTES}


def ask(url: str, form: dict[str, str]) -> tuple[float, dict[str, str], bytes]:
    """Seconds, headers and body of an answer, by a bare connection: no browser in between."""
    at = urlsplit(url)
    door = http.client.HTTPConnection(at.hostname or "", at.port or 80, timeout=30)
    door.request("GET", "/cek/")
    page = door.getresponse()
    cookie = (page.headers["Set-Cookie"] or "").split(";")[0]
    token = TOKEN.search(page.read())
    assert token is not None
    said = urlencode({**form, "csrfmiddlewaretoken": token[1].decode()})
    heads = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "Referer": url}
    began = time.perf_counter()
    door.request("POST", "/cek/", said, heads)
    answer = door.getresponse()
    body = answer.read()
    spent = time.perf_counter() - began
    door.close()
    kept = {k.lower(): v for k, v in answer.getheaders() if k.lower() not in EACH_TIME_NEW}
    return spent, {"status": str(answer.status), **kept}, TOKEN.sub(b"", body)


def test_unknown_and_wrong_are_one_answer_to_the_byte_and_to_the_clock(
    service: Any,
) -> None:
    """A number that nobody bears; one that somebody bears with another name, or another birth
    date. Whoever listens on the line learns nothing either."""
    known = people(service.web, most=16)
    ways = {
        "unknown": lambda n, one: {**one.form, "nik": f"9101015708{n:06}"},
        "name": lambda n, one: {**one.form, "nama": "Bukan Namanya"},
        "date": lambda n, one: {**one.form, "lahir": "01-01-1931"},
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    answers = set()
    for n, one in enumerate(known):
        forget_tries(service.web)
        for name in sorted(ways, key=lambda name: (n + len(name)) % 3):
            took, heads, body = ask(service.url, ways[name](n, one))
            spent[name].append(took)
            answers.add((tuple(sorted(heads.items())), body))
    assert len(answers) == 1
    # The fastest half of each: what else the machine does makes answers slower, never faster.
    means = {name: statistics.mean(sorted(times)[:8]) for name, times in spent.items()}
    assert max(means.values()) - min(means.values()) < SAME_TIME, means
