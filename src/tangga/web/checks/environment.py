"""What is unsafe in the settings of the service and in its folders."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tangga.errors import UserError
from tangga.registry.areas import load_areas
from tangga.registry.load import load_pack
from tangga.web.backup.folder import newest
from tangga.web.checks.finding import Finding, found
from tangga.web.environ import Environment

SECRET_LENGTH, SECRET_LETTERS = 50, 10
KEY_BYTES = 32
ENOUGH_BYTES = 8
"""So many different bytes a random key of 32 has, and far more; one typed by hand has fewer."""

LOOPBACK = {"localhost", "127.0.0.1", "::1", "[::1]"}
CLOCKS_APART = timedelta(minutes=10)
"""Of two machines that write into one folder."""
BACKUP_EVERY = timedelta(hours=26)
"""Backups run once a day; two hours are for those that start late."""


def of_settings(env: Environment) -> Iterator[Finding]:
    """Keys, hosts, TLS, the demo."""
    if len(env.secret_key) < SECRET_LENGTH or len(set(env.secret_key)) < SECRET_LETTERS:
        yield found("secret_key", length=SECRET_LENGTH)
    if not _is_random(env.field_key):
        yield found("field_key")
    if env.field_key == env.secret_key:
        yield found("same_key")
    if "*" in env.hosts:
        yield found("any_host")
    elif not set(env.hosts) - LOOPBACK:
        yield found("only_loopback")
    if env.insecure_http:
        yield found("insecure_http")
    if env.demo:
        yield found("demo")
    if env.root_area and load_areas(load_pack(env.pack).dir).name(env.root_area) is None:
        yield found("root_area", code=env.root_area)
    if os.geteuid() == 0:
        yield found("root")


OURS = {f"security.W{number:03}" for number in (2, 4, 5, 8, 9, 12, 16, 18, 21)}
"""Of these we speak ourselves, in plainer words. W002: our policy of content forbids framing; W005
and W021: an office decides about its own name, not about others of its domain."""


def of_django() -> Iterator[Finding]:
    """What Django itself says of a deployment. Needs Django set up."""
    from django.conf import settings
    from django.core import checks

    if settings.DEBUG:
        yield found("debug")
    cookies = ["SESSION_COOKIE_HTTPONLY"]
    if not settings.ENV.insecure_http:  # or else these follow from it
        cookies += ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
    for name in cookies:
        if not getattr(settings, name):
            yield found("cookie", setting=name)
    for told in checks.run_checks(include_deployment_checks=True):
        if told.is_serious(checks.WARNING) and told.id not in OURS:
            yield found("django", id=str(told.id), said=str(told.msg).strip())


def of_boundaries(env: Environment) -> Iterator[Finding]:
    """A file of boundaries that no map can be drawn from. Needs Django set up."""
    from tangga.web.charts.boundaries import check_boundaries

    if env.boundaries:
        try:
            check_boundaries(Path(env.boundaries))
        except (UserError, OSError) as wrong:
            yield found("boundaries", said=str(wrong))


def of_folders(env: Environment) -> Iterator[Finding]:
    """Folders with personal data that other accounts of the machine can enter."""
    places = [env.var, *([Path(env.workspace)] if env.workspace else [])]
    for place in filter(Path.exists, places):
        open_ones = [p for p in (place, *_inside(place)) if p.stat().st_mode & 0o077]
        # Below a folder that is closed, nobody gets at what stands open.
        if open_ones and place.stat().st_mode & 0o077:
            yield found("open_folder", folder=place, example=open_ones[0])


def of_backups(folder: Path, now: datetime) -> Iterator[Finding]:
    """No backup, none lately, or one of a day to come: then the clock was set back, and nobody can
    tell how old it is."""
    last = newest(folder)
    if last is None:
        yield found("no_backup", folder=folder)
    elif last.made > now + CLOCKS_APART:
        yield found("backup_ahead", folder=last.folder)
    elif now - last.made > BACKUP_EVERY:
        hours = int((now - last.made).total_seconds() // 3600)
        yield found("old_backup", folder=folder, hours=hours)


def _is_random(key: str) -> bool:
    """Base64 of 32 bytes that nobody typed."""
    try:
        data = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return False
    steps = {(b - a) % 256 for a, b in pairwise(data)}
    return len(data) == KEY_BYTES and len(set(data)) >= ENOUGH_BYTES and len(steps) >= ENOUGH_BYTES


def _inside(place: Path) -> Iterator[Path]:
    """What stands directly in it: deeper is below these."""
    if place.is_dir():
        yield from (path for path in sorted(place.iterdir()) if not path.is_symlink())
