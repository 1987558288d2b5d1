"""What every command of `tangga web` stands on: a database, its settings, and Django set up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tangga.web.database.postgres import Server
    from tangga.web.environ import Environment

POSTGRES = "postgres"
"""Folder of our own server, in TANGGA_VAR."""


@dataclass(frozen=True)
class Service:
    """url: of the owner. server: our own, None where DATABASE_URL names another. web_url: what the
    processes that answer requests log in by; '' where nobody said, and they are the owner too."""

    env: Environment
    url: str
    server: Server | None
    web_url: str = ""

    @property
    def superuser_url(self) -> str | None:
        """Known only of a server of our own."""
        return None if self.server is None else self.server.url(_name(self.url))


@contextmanager
def service(*, django: bool = True) -> Iterator[Service]:
    """The database is there and prepared, the settings are read; Django is set up if asked for.

    UserError where a setting is missing, no PostgreSQL can be had, or the database of DATABASE_URL
    is not prepared (then with the SQL for its administrator).
    """
    from tangga.web.database.bootstrap import bootstrap, prepare
    from tangga.web.database.shared import in_use
    from tangga.web.environ import read

    given = os.environ.get("DATABASE_URL")
    # Before any server is started: what is missing is told at once.
    env = read({**os.environ, "DATABASE_URL": given or "postgresql:///"})
    if given:
        prepare(given)
        yield from _entered(given, None, django=django)
        return
    with in_use(env.var.resolve() / POSTGRES) as server:
        os.environ["DATABASE_URL"] = bootstrap(server.url("postgres"))
        try:
            yield from _entered(os.environ["DATABASE_URL"], server, django=django)
        finally:
            del os.environ["DATABASE_URL"]


def _entered(url: str, server: Server | None, *, django: bool) -> Iterator[Service]:
    from tangga.web.database.bootstrap import web_login
    from tangga.web.environ import read

    web_url = os.environ.get("TANGGA_WEB_DATABASE_URL", "") if server is None else web_login(url)
    if not django:
        yield Service(read(), url, server, web_url)
        return
    set_up_django()
    try:
        yield Service(read(), url, server, web_url)
    finally:
        from django.db import connection

        connection.close()
        connection.close_pool()


def set_up_django() -> None:
    """Django with the service's settings, in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangga.web.settings")
    import django

    django.setup()


def migrate() -> None:
    """Bring the tables of the service up to date, and let requests use them.

    UserError where TANGGA_FIELD_KEY is not the key that the database was sealed with.
    """
    from django.core.management import call_command
    from django.db import transaction

    from tangga.web.accounts.resealing import reseal
    from tangga.web.corrections.resealing import reseal as reseal_marks
    from tangga.web.database.grants import grant_to_app
    from tangga.web.duplicates.resealing import reseal as reseal_rulings
    from tangga.web.privacy.resealing import reseal as reseal_work
    from tangga.web.register.field_key import hold_to
    from tangga.web.secrets import of_the_service

    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        if hold_to(of_the_service()):
            reseal()
            reseal_rulings()
            reseal_marks()
            reseal_work()
    grant_to_app()


def backups_folder(env: Environment) -> Path:
    """Where backups are written."""
    return Path(os.environ.get("TANGGA_BACKUPS") or env.var / "backups")


def _name(url: str) -> str:
    from urllib.parse import unquote, urlsplit

    return unquote(urlsplit(url).path.lstrip("/"))
