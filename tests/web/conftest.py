"""A real PostgreSQL with a small release loaded, and users of every role.

    def test_x(web):                 # a database of this test module
        client = web.client("kepala_dinas", "1811")
        client.get("/keluarga/...")

    def test_y(fresh_web): ...       # a database of this test alone

Django is set up when this file is read, so that test modules may import models; the database is
named when a test asks for it.
"""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

os.environ["TANGGA_SECRET_KEY"] = "of-the-tests-" + "x" * 40  # pragma: allowlist secret
os.environ["TANGGA_FIELD_KEY"] = base64.b64encode(bytes(range(32))).decode()
os.environ["TANGGA_INSECURE_HTTP"] = "yes"
os.environ["TANGGA_PAGES_AN_HOUR"] = "0"
os.environ["TANGGA_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["DATABASE_URL"] = "postgresql://nobody@/none?host=/nowhere"
os.environ["DJANGO_SETTINGS_MODULE"] = "tangga.web.settings"
# Playwright's synchronous interface runs an event loop in this thread, and Django would refuse it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django

django.setup()

import psycopg  # noqa: E402
import pytest  # noqa: E402
from connections import close_connections, forget_releases, point_django_at  # noqa: E402
from psycopg import sql  # noqa: E402
from releases import make_release, release_of  # noqa: E402

TEMPLATE, MODULE, ALONE = "tangga_template", "tangga_module", "tangga_alone"


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a published run; shared by all, so never write into it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return make_release(shared / "web-release")


@pytest.fixture(scope="session")
def release(workspace: Path) -> Path:
    """The release of that run."""
    return release_of(workspace)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL server of this process; TANGGA_TEST_POSTGRES=15: of that version alone."""
    from tangga.web.database.binaries import of_major
    from tangga.web.database.postgres import start

    major = os.environ.get("TANGGA_TEST_POSTGRES")
    programs = of_major(int(major)) if major else None
    if major and programs is None:
        pytest.fail(f"no PostgreSQL {major} here: apt-get install postgresql-{major}")
    server = start(tmp_path_factory.mktemp("postgres"), fast=True, programs=programs)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template(cluster: Any, release: Path) -> str:
    """A database with the release in force, from which others are copied."""
    from django.core.management import call_command

    from tangga.web.database.bootstrap import bootstrap
    from tangga.web.database.grants import grant_to_app
    from tangga.web.register.commands import approve_release, load_release

    point_django_at(bootstrap(cluster.url("postgres"), database=TEMPLATE))
    call_command("migrate", verbosity=0)
    # As `tangga web migrate` does.
    grant_to_app()
    approve_release(load_release(release, by="loader").number, by="approver")
    close_connections()
    return TEMPLATE


@dataclass
class Web:
    """One database with the service on it."""

    url: str
    superuser_url: str
    release: Path
    made: dict[tuple[str, str], Any] = field(default_factory=dict)

    def user(self, role: str, area: str = "", **more: Any) -> Any:
        """A user with one post in this role and area ('' is the nation); the same each time."""
        from users import make_user

        key = (role, area)
        if key not in self.made or more:
            self.made[key] = make_user(role, area, **more)
        return self.made[key]

    def client(self, role: str = "", area: str = "") -> Any:
        """A browser without a screen, logged in with its second factor; role '': nobody."""
        from django.test import Client
        from users import log_in

        client = Client()
        if role:
            log_in(client, self.user(role, area))
        return client

    def owner(self) -> psycopg.Connection[Any]:
        """A connection of the owner, past every policy but those that bind the owner too."""
        return psycopg.connect(self.url)


@pytest.fixture(scope="module")
def web(cluster: Any, template: str, release: Path) -> Iterator[Web]:
    """The service on a database of this module: what a test writes, later ones of it see."""
    yield from _copy(cluster, MODULE, release)


@pytest.fixture
def fresh_web(cluster: Any, template: str, release: Path) -> Iterator[Web]:
    """The service on a database of this test alone."""
    from django.db import connection
    from django.db.utils import OperationalError

    before = dict(connection.settings_dict)
    try:
        yield from _copy(cluster, ALONE, release)
    except OperationalError:
        raise
    finally:
        connection.settings_dict.update(before)
        forget_releases()


def _copy(cluster: Any, name: str, release: Path) -> Iterator[Web]:
    close_connections()
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as con:
        con.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        con.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER tangga_owner").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )
    url = cluster.url(name, "tangga_owner")
    point_django_at(url)
    yield Web(url, cluster.url(name), release)
    close_connections()
