"""A visit to the service as a browser would make it: log in, the dashboard, one family."""

from __future__ import annotations

import html
import http.client
import re
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from tangga.errors import Conflict

if TYPE_CHECKING:
    from tangga.cli.demo_accounts import Account
    from tangga.web.serving.processes import Listening

LOGIN = "/masuk/"
TOKEN = re.compile(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"')
MOST_REDIRECTS = 5


class Visitor:
    """Keeps its cookies, follows redirects."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        return self._follow("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Status and text of where a form leads."""
        return self._follow("POST", path, fields)

    def _follow(self, method: str, path: str, fields: dict[str, str] | None) -> tuple[int, str]:
        for _ in range(MOST_REDIRECTS):
            status, text, to = self._ask(method, path, fields)
            if not to:
                return status, text
            parts = urlsplit(to)
            method, path, fields = (
                "GET",
                parts.path + ("?" if parts.query else "") + parts.query,
                None,
            )
        raise Conflict(f"{path} leads in circles")

    def _ask(
        self, method: str, path: str, fields: dict[str, str] | None
    ) -> tuple[int, str, str | None]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if fields is not None:
            body = urlencode(fields)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://{self.host}:{self.port}{path}",
            }
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for value in answer.msg.get_all("Set-Cookie", []):
                self.cookies |= {k: m.value for k, m in SimpleCookie(value).items()}
            text = answer.read().decode(errors="replace")
            return answer.status, text, answer.getheader("Location")
        finally:
            connection.close()


def visit(listening: Listening, account: Account) -> None:
    """Conflict, without what stands on the page, where one is not what it should be."""
    visitor = Visitor(listening.host, listening.port)
    status, page = visitor.get(LOGIN)
    token = TOKEN.search(page)
    if status != 200 or token is None:
        raise Conflict(f"the page to log in answers with {status}")
    fields = {"login": account.name, "password": account.password}
    status, page = visitor.post(LOGIN, {**fields, "csrfmiddlewaretoken": html.unescape(token[1])})
    if status != 200 or 'name="password"' in page:
        raise Conflict(f"nobody can log in as {account.name} ({status})")
    assert account.family is not None
    family, head = account.family
    _expect(visitor, "/", account.place.rpartition(" ")[0])
    _expect(visitor, f"/keluarga/{family}/", head)


def _expect(visitor: Visitor, path: str, words: str) -> None:
    status, page = visitor.get(path)
    if status != 200:
        raise Conflict(f"{path} answers with {status}")
    if words.casefold() not in html.unescape(page).casefold():
        raise Conflict(f"{path} does not show what it should")
