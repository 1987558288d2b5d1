"""A real browser on the real service: granian, PostgreSQL, Debian's Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from chromium import launch_args
from furnished import Furnished, furnish
from intake_office import Office, open_office

SIZE = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium. Where there is none the test is skipped, and in CI it fails."""
    return launch_args(browser_type_launch_args)


@dataclass
class Service:
    """The service as it is served, and who may look at it."""

    web: Any
    url: str
    new_context: Callable[..., Any]

    def open(self, role: str, area: str, language: str = "id", **how: Any) -> Any:
        """A window of somebody who is logged in with the second factor."""
        from django.conf import settings
        from django.test import Client
        from users import log_in

        client = Client()
        log_in(client, self.web.user(role, area))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context = self.new_context(base_url=self.url, **{"viewport": SIZE, **how})
        context.add_cookies(
            [
                {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.url},
                {"name": "bahasa", "value": language, "url": self.url},
            ]
        )
        return context.new_page()

    def visit(self, language: str = "id", **how: Any) -> Any:
        """A window of somebody who has not logged in."""
        context = self.new_context(base_url=self.url, **{"viewport": SIZE, **how})
        context.add_cookies([{"name": "bahasa", "value": language, "url": self.url}])
        return context.new_page()


@pytest.fixture(scope="module")
def office(web: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The workspace of this module's service, and the folder of its uploads."""
    with open_office(web, tmp_path_factory.mktemp("browser") / "office") as opened:
        yield opened


@pytest.fixture(scope="module")
def furnished(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """The service in the middle of its work."""
    return furnish(office, tmp_path_factory.mktemp("second") / "release")


@pytest.fixture(scope="module")
def served(web: Any, office: Office) -> Iterator[str]:
    """The address of the service on this module's database."""
    import threading

    from tangga.web.serving.processes import (
        Listening,
        answering,
        free_port,
        wait_until_it_answers,
    )

    # Of this process alone: two that look at once both find a port free, and the server shares it,
    # so that browsers of one run would be answered from the database of the other.
    listening = Listening(port=free_port("127.0.0.1", 11_000 + os.getpid() % 2_000), workers=1)
    environment = {
        **os.environ,
        "DATABASE_URL": web.url,
        "TANGGA_VAR": str(office.workspace.parent / "var"),
        "TANGGA_WORKSPACE": str(office.workspace),
        "TANGGA_ROOT_AREA": "1811",
        "TANGGA_TODAY": "2026-02-02",
    }
    child = answering(listening, environment)
    child.start()
    wait_until_it_answers(listening, "127.0.0.1", [child], threading.Event())
    yield listening.url
    assert child.process is not None
    child.process.terminate()
    child.process.wait(timeout=20)


@pytest.fixture
def service(web: Any, served: str, new_context: Any) -> Service:
    """The service, and windows on it; they are closed at the end of the test."""
    return Service(web, served, new_context)
