"""The village in a browser: its register of a day, several users, and days that pass.

    def test_x(story):
        story.on(date(2026, 3, 2))
        page = story.page("operator_desa", SIMPANG)
        page.goto(f"/keluarga/{story.family('Sari Wulandari')}/")
        story.tick()                          # what is overdue is taken
        story.release(date(2026, 6, 30))      # export, a full run, the next release in force

A test module says by `DAY` from which day its register is, and by `prepare(workspace)` what stands
otherwise in its files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from chromium import launch_args
from climbing import forget

SIZE = {"width": 1280, "height": 900}
STORY = "tangga_story"
FAMILY = """
SELECT f.family_id FROM persons AS p JOIN families AS f USING (family_id)
WHERE p.name ILIKE %s ORDER BY p.status, f.family_id LIMIT 1
"""
PERSON = "SELECT person_id FROM persons WHERE name ILIKE %s ORDER BY status, person_id LIMIT 1"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return launch_args(browser_type_launch_args)


@dataclass
class Village:
    """The service of the village. today: the file that says which day it is."""

    url: str
    database: str
    workspace: Path
    today: Path
    users: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read as the owner, past every policy, in the release in force."""
        with psycopg.connect(self.database) as con:
            number = con.execute("SELECT number FROM register_current").fetchone()
            con.execute(f"SET search_path = r_{number[0]}, public".encode())
            return con.execute(query.encode(), values).fetchall()


@dataclass
class Story:
    """Several users in windows of their own, and the days that pass."""

    village: Village
    new_context: Callable[..., Any]

    def on(self, day: date) -> None:
        """It is this day now, for the service and for what runs here."""
        self.village.today.write_text(day.isoformat(), encoding="ascii")

    def page(self, role: str, area: str, *, username: str = "", **more: Any) -> Any:
        """A window of somebody in a role, logged in with the second factor; the same account each
        time. username: of a second one in the same role. more: of the post (worker)."""
        from django.conf import settings
        from django.test import Client
        from users import log_in, make_user

        key = (role, area, username)
        if key not in self.village.users:
            self.village.users[key] = make_user(role, area, username=username, **more)
        client = Client()
        log_in(client, self.village.users[key])
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context = self.new_context(base_url=self.village.url, viewport=SIZE)
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.village.url}]
        )
        return context.new_page()

    def anybody(self) -> Any:
        """A window of somebody who has not logged in."""
        return self.new_context(base_url=self.village.url, viewport=SIZE).new_page()

    def family(self, name: str) -> str:
        """The id of the family of a person by name."""
        return str(self.village.rows(FAMILY, name)[0][0])

    def person(self, name: str) -> str:
        """The id of a person by name."""
        return str(self.village.rows(PERSON, name)[0][0])

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """As `Village.rows`."""
        return self.village.rows(query, *values)

    def tick(self) -> None:
        """The night: what is overdue goes where the workflows say, and the ladder looks around."""
        from tangga.web.journeys.climb import clock
        from tangga.web.work.clock_job import overdue

        overdue()
        clock.queue()
        clock.reviews()

    def release(self, until: date) -> None:
        """What was accepted here and what happened elsewhere by a day, as the next release."""
        _export(self.village.workspace)
        _run(self.village.workspace, until)
        _load(self.village.workspace)


@pytest.fixture(scope="module")
def village(
    cluster: Any, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Village]:
    """The service on a register of the village as known on the module's DAY."""
    from connections import forget_releases
    from django.db import connection

    folder = tmp_path_factory.mktemp("story")
    before = dict(connection.settings_dict)
    with ExitStack() as stack:
        prepare = getattr(request.module, "prepare", _as_it_is)
        made = _village(cluster, folder, request.module.DAY, stack, prepare)
        yield made
    connection.settings_dict.update(before)
    forget_releases()


def _as_it_is(_workspace: Path) -> None:
    """The files as the diary of the village has them."""


def _village(
    cluster: Any, folder: Path, day: date, stack: ExitStack, prepare: Callable[[Path], None]
) -> Village:
    from dataclasses import replace

    from connections import close_connections, point_django_at
    from django.conf import settings

    from village_records import write_years

    today, workspace = folder / "today", folder / "village"
    today.write_text(day.isoformat(), encoding="ascii")
    kept = settings.ENV
    settings.ENV = replace(kept, today=today, workspace=str(workspace), var=folder / "var")
    # The rules of this village, not those that an earlier test module of this process read.
    stack.callback(forget)
    stack.callback(setattr, settings, "ENV", kept)
    forget()
    write_years(workspace, day)
    prepare(workspace)
    _run(workspace, day)
    url = _database(cluster)
    point_django_at(url)
    stack.callback(close_connections)
    _load(workspace)
    served = _serve(url, folder, workspace, today, stack)
    return Village(served, url, workspace, today)


def _database(cluster: Any) -> str:
    from connections import close_connections, point_django_at
    from django.core.management import call_command

    from tangga.web.database.bootstrap import bootstrap
    from tangga.web.database.grants import grant_to_app

    close_connections()
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as con:
        con.execute(f"DROP DATABASE IF EXISTS {STORY} WITH (FORCE)".encode())
    url = bootstrap(cluster.url("postgres"), database=STORY)
    point_django_at(url)
    call_command("migrate", verbosity=0)
    grant_to_app()
    return url


def _run(workspace: Path, day: date) -> None:
    from tangga.engine.run import run_workspace

    run_workspace(workspace, full=True, as_of=day)


def _load(workspace: Path) -> None:
    from releases import release_of

    from tangga.web.register.commands import approve_release, load_release

    approve_release(load_release(release_of(workspace), by="loader").number, by="approver")


def _export(workspace: Path) -> None:
    """What `tangga web export` writes, into the workspace."""
    from tangga.web.overlay.commands import export

    export(workspace)


def _serve(url: str, folder: Path, workspace: Path, today: Path, stack: ExitStack) -> str:
    import threading

    from tangga.web.database.bootstrap import web_login
    from tangga.web.serving.processes import (
        Listening,
        answering,
        free_port,
        wait_until_it_answers,
    )

    listening = Listening(port=free_port("127.0.0.1", 8900 + os.getpid() % 700), workers=1)
    environment = {
        **os.environ,
        "DATABASE_URL": web_login(url),
        "TANGGA_VAR": str(folder / "var"),
        "TANGGA_WORKSPACE": str(workspace),
        "TANGGA_TODAY": str(today),
    }
    child = answering(listening, environment)
    child.start()
    stack.callback(_stop, child)
    wait_until_it_answers(listening, "127.0.0.1", [child], threading.Event())
    return listening.url


def _stop(child: Any) -> None:
    assert child.process is not None
    child.process.terminate()
    child.process.wait(timeout=20)


@pytest.fixture
def story(village: Village, new_context: Any) -> Story:
    """The village, and windows on it; they are closed at the end of the test."""
    return Story(village, new_context)
