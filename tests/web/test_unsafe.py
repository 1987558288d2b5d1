"""`tangga web check`: each unsafe thing is found, and a safe service has none."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tangga.texts import both, catalogue
from tangga.web.backup.folder import MANIFEST, VERSION
from tangga.web.checks.database import of_database
from tangga.web.checks.environment import (
    of_backups,
    of_boundaries,
    of_django,
    of_folders,
    of_settings,
)
from tangga.web.checks.finding import Finding
from tangga.web.checks.migrations import of_migrations
from tangga.web.environ import Environment

NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)


def _names(found: Iterable[Finding]) -> set[str]:
    """What is told of can be said in both languages."""
    told = list(found)
    for one in told:
        assert both(f"web_check.{one.name}", **one.values)
    return {one.name for one in told}


@pytest.fixture
def safe(tmp_path: Path) -> Environment:
    """An office's settings as they should be."""
    var = tmp_path / "var"
    var.mkdir(mode=0o700)
    return Environment(
        secret_key=secrets.token_urlsafe(48),
        field_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        database_url="postgresql://tangga_owner@/tangga",
        hosts=("tangga.dinsos.local",),
        var=var,
    )


def test_settings_as_they_should_be(safe: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert _names(of_settings(safe)) == set()
    assert _names(of_settings(replace(safe, root_area="1811"))) == set()
    assert _names(of_settings(replace(safe, root_area="181199"))) == {"root_area"}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"secret_key": "geheim"}, "secret_key"),  # pragma: allowlist secret
        ({"secret_key": "x" * 80}, "secret_key"),
        ({"field_key": "not base64"}, "field_key"),
        ({"field_key": base64.b64encode(bytes(32)).decode()}, "field_key"),
        ({"field_key": base64.b64encode(bytes(range(32))).decode()}, "field_key"),
        ({"field_key": base64.b64encode(secrets.token_bytes(16)).decode()}, "field_key"),
        ({"hosts": ("*",)}, "any_host"),
        ({"hosts": ("localhost", "127.0.0.1")}, "only_loopback"),
        ({"insecure_http": True}, "insecure_http"),
        ({"demo": True}, "demo"),
    ],
)
def test_each_unsafe_setting(
    safe: Environment, change: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert _names(of_settings(replace(safe, **change))) == {name}


def test_boundaries_that_no_map_can_be_drawn_from(web: Any, safe: Environment) -> None:
    """A map that is a map is told nothing of; one of nowhere, no JSON, or no file is."""
    file = safe.var / "batas.geojson"
    shape = {"type": "Polygon", "coordinates": [[[105, -4], [106, -4], [106, -3], [105, -4]]]}
    for code, names in (("1811", set()), ("9999", {"boundaries"})):
        feature = {"type": "Feature", "properties": {"kode": code}, "geometry": shape}
        whole = {"type": "FeatureCollection", "features": [feature]}
        (safe.var / f"{code}.geojson").write_text(json.dumps(whole))
        there = replace(safe, boundaries=str(safe.var / f"{code}.geojson"))
        assert _names(of_boundaries(there)) == names
    assert _names(of_boundaries(replace(safe, boundaries=str(file)))) == {"boundaries"}
    file.write_text("no map")
    assert _names(of_boundaries(replace(safe, boundaries=str(file)))) == {"boundaries"}
    assert _names(of_boundaries(safe)) == set()


def test_one_key_for_two_things_and_root(
    safe: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert _names(of_settings(replace(safe, secret_key=safe.field_key))) >= {"same_key", "root"}


def test_a_folder_that_others_can_enter(safe: Environment, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir(mode=0o700)
    (workspace / "people.csv").touch()
    (workspace / "people.csv").chmod(0o644)
    with_workspace = replace(safe, workspace=str(workspace))
    assert _names(of_folders(with_workspace)) == set()  # nobody gets to the file
    workspace.chmod(0o755)
    assert _names(of_folders(with_workspace)) == {"open_folder"}


@pytest.mark.parametrize(("hours", "expected"), [(3, set()), (50, {"old_backup"})])
def test_backups(tmp_path: Path, hours: int, expected: set[str]) -> None:
    assert _names(of_backups(tmp_path, NOW)) == {"no_backup"}
    made = {"version": VERSION, "made": (NOW - timedelta(hours=hours)).isoformat()}
    for name, unfinished in (("done", False), ("later.part", True)):
        (tmp_path / name).mkdir()
        said = made if not unfinished else made | {"made": NOW.isoformat()}
        (tmp_path / name / MANIFEST).write_text(json.dumps(said))
    assert _names(of_backups(tmp_path, NOW)) == expected


def test_debug_and_cookies(settings_of_office: Any) -> None:
    assert _names(of_django()) == set()
    settings_of_office.DEBUG = True
    settings_of_office.SESSION_COOKIE_HTTPONLY = False
    assert _names(of_django()) >= {"debug", "cookie"}


@pytest.fixture
def settings_of_office(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Django's settings as over TLS."""
    from django.conf import settings

    values = {
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ENV": replace(settings.ENV, insecure_http=False),
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "ALLOWED_HOSTS": ["tangga.dinsos.local"],
    }
    for name, value in values.items():
        monkeypatch.setattr(settings, name, value)
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # of the browser's tests
    for name in ("DEBUG", "SESSION_COOKIE_HTTPONLY"):
        monkeypatch.setattr(settings, name, getattr(settings, name))
    return settings


def _unsafe(url: str) -> set[str]:
    with psycopg.connect(url, autocommit=True) as con:
        return _names(of_database(con))


CARELESS = {"careless"}  # servers of tests keep nothing


def test_a_database_as_it_should_be(fresh_web: Any) -> None:
    assert _unsafe(fresh_web.url) == CARELESS
    assert _names(of_migrations()) == set()


def test_each_unsafe_thing_of_a_database(fresh_web: Any) -> None:
    assert "superuser" in _unsafe(fresh_web.superuser_url)
    with psycopg.connect(fresh_web.superuser_url, autocommit=True) as con:
        try:
            for change, name in (
                ("ALTER ROLE tangga_owner BYPASSRLS", "bypasses"),
                ("ALTER ROLE tangga_owner NOBYPASSRLS CREATEROLE", "creates_roles"),
                ("ALTER ROLE tangga_app LOGIN", "app_role_too_strong"),
                ("CREATE TABLE own (a int); ALTER TABLE own OWNER TO tangga_app", "app_role_owns"),
                (
                    "CREATE TABLE loose (area text); GRANT SELECT ON loose TO tangga_app",
                    "no_policy",
                ),
                ("GRANT UPDATE ON audit_events TO tangga_app", "audit_changeable"),
            ):
                con.execute(change.encode())
                assert name in _unsafe(fresh_web.url), name
        finally:
            con.execute("ALTER ROLE tangga_owner NOBYPASSRLS NOCREATEROLE")
            con.execute("ALTER ROLE tangga_app NOLOGIN")


def test_migrations_that_were_not_run(fresh_web: Any) -> None:
    with fresh_web.owner() as con:
        con.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert _names(of_migrations()) == {"migrations"}


def test_every_text_of_the_check_is_told_somewhere() -> None:
    home = Path(__file__).parents[2] / "src" / "tangga" / "web" / "checks"
    code = "".join(file.read_text(encoding="utf-8") for file in home.glob("*.py"))
    for key in catalogue():
        section, _, name = key.partition(".")
        assert section != "web_check" or f'found("{name}"' in code, key
