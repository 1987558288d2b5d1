"""`tangga web migrate`, `user`, `check`, `load` and the other commands that end by themselves."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Any

from tangga.cli import screen
from tangga.cli.web_service import backups_folder, migrate, service
from tangga.errors import UserError
from tangga.texts import both


def migrate_database() -> None:
    """Prepare the database and bring its tables up to date."""
    with service():
        migrate()
    screen.out.print(both("web_serve.migrated"))


def user(name: str, *, role: str, area: str, called: str, password_stdin: bool) -> None:
    """Make an account with one post; for the first administrator, who makes all others."""
    with service():
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError

        from tangga.web.accounts.actions import create_account

        migrate()
        _require_area(area)
        given = _password(name, password_stdin)
        try:
            if given:
                validate_password(given)
            made, password = create_account(
                username=name, name=called, by=None, password=given or None, role=role, area=area
            )
        except ValidationError as wrong:
            raise UserError(_told(wrong)) from None
    screen.out.print(both("web_serve.account", name=made.username))
    if not given:
        screen.out.print(both("web_serve.one_time", password=password))


def _require_area(code: str) -> None:
    """UserError for a code that the pack does not know; '' is the nation."""
    from tangga.web.pack import areas

    if code and areas().name(code) is None:
        raise UserError("the pack knows no such area", value=code, todo="Check --area")


def _told(wrong: Any) -> str:
    """What a ValidationError says, and of which value where it knows."""
    if hasattr(wrong, "error_dict"):
        return "; ".join(f"{name}: {' '.join(said)}" for name, said in wrong.message_dict.items())
    return "; ".join(wrong.messages)


def _password(name: str, from_stdin: bool) -> str:
    """What is typed or piped; empty: one for one use is made. Never from the command line."""
    if from_stdin:
        given = sys.stdin.readline().rstrip("\n")
        if not given:
            raise UserError("no password on the standard input")
        return given
    if not sys.stdin.isatty():
        return ""
    given = getpass.getpass(f"{both('web_serve.password', between=' / ', name=name)}: ")
    if given and getpass.getpass(f"{both('web_serve.again', between=' / ')}: ") != given:
        raise UserError("the two passwords differ", todo="Type the same one twice")
    return given


def check() -> None:
    """List what is unsafe for production; UserError where there is anything."""
    from datetime import UTC, datetime

    from tangga.web.checks.audit import of_audit
    from tangga.web.checks.database import of_database, of_web_login
    from tangga.web.checks.environment import (
        of_backups,
        of_boundaries,
        of_django,
        of_folders,
        of_settings,
    )
    from tangga.web.checks.field_key import of_field_key
    from tangga.web.checks.migrations import of_migrations

    with service() as running:
        import psycopg

        found = [*of_settings(running.env), *of_django(), *of_folders(running.env)]
        found += of_boundaries(running.env)
        found += of_backups(backups_folder(running.env), datetime.now(UTC))
        found += of_migrations()
        if not any(one.name == "migrations" for one in found):
            found += [*of_field_key(running.env), *of_audit()]
        with psycopg.connect(running.url, autocommit=True) as con:
            found += of_database(con)
        found += of_web_login(running.web_url)
    for one in found:
        said = both(f"web_check.{one.name}", **one.values)
        screen.out.print(f"- {said}\n", soft_wrap=True, markup=False)
    if found:
        raise UserError(both("web_serve.unsafe", between=" / ", count=len(found)))
    screen.out.print(both("web_serve.safe"), style="green")


def load(folder: Path, *, by: str | None, approve: bool) -> None:
    """Load a release; outside the demo a second person approves it."""
    from tangga.web.database.behind import step_back
    from tangga.web.register.commands import approve_release, list_releases, load_release

    step_back()
    with service(), screen.bars() as progress:
        migrate()
        begun = {one.number for one in list_releases() if one.state == "loading"}
        entry = load_release(_release(folder), who(by, "propose_release"), progress)
        if approve:
            entry = approve_release(entry.number, who(by, "approve_release"))
        ended = {one.number for one in list_releases() if one.state == "failed"}
    if cut_off := sorted(begun & ended):
        numbers = ", ".join(map(str, cut_off))
        screen.out.print(both("web_releases.cut_off", numbers=numbers), soft_wrap=True)
    _say_entry(entry)


def approve(number: int, *, by: str | None) -> None:
    """Approve a loaded release, and put it in force."""
    from tangga.web.register.commands import approve_release

    with service():
        _say_entry(approve_release(number, who(by, "approve_release")))


def rollback(*, by: str | None, reason: str) -> None:
    """Put the former release in force again."""
    from tangga.web.register.commands import rollback_release

    with service():
        _say_entry(rollback_release(who(by, "rollback"), reason))


def discard(number: int, *, by: str | None) -> None:
    """Take a release that waits for approval away again."""
    from tangga.web.register.commands import discard_release

    with service():
        _say_entry(discard_release(number, who(by, "propose_release")))


def releases() -> None:
    """Print every release that was ever loaded."""
    from tangga.web.register.commands import list_releases

    with service():
        entries = list_releases()
    headings = [f"web_serve.h_{h}" for h in ("number", "release", "state", "by", "approved", "at")]
    rows = [
        (str(e.number), e.release, _state(e), e.loaded_by, e.approved_by, f"{e.loaded_at:%Y-%m-%d}")
        for e in entries
    ]
    screen.print_table([both(h) for h in headings], rows)


def tick() -> None:
    """What is overdue goes where the workflows say; prints how many matters."""
    with service():
        from tangga.web.work.clock_job import overdue

        taken = overdue()
    screen.out.print(both("web_serve.ticked", n=taken))


def retain(*, dry: bool) -> None:
    """What is past its time goes; prints what each rule did. Exit code 1 where a rule failed."""
    with service():
        from tangga.web.privacy.policy import rules
        from tangga.web.privacy.retain import retain as apply

        made = apply(dry=dry, by="tangga web retain")
        done = list(made.removed.all())
        known = rules()
    key = "web_privacy.reckoned" if dry else "web_privacy.retained"
    total = {"rows": sum(one.rows for one in done), "held": sum(one.held for one in done)}
    screen.out.print(both(key, **total, rules=len(done)))
    for one in done:
        label = known[one.rule].labels["id"]
        if one.failed:
            screen.out.print(both("web_privacy.retained_failed", rule=label, why=one.failed))
        elif one.rows or one.held:
            said = {"rows": one.rows, "held": one.held, "before": one.before}
            screen.out.print(both("web_privacy.retained_rule", rule=label, **said))
    if any(one.failed for one in done):
        raise SystemExit(1)


def _state(entry: Any) -> str:
    return both(f"web_releases.state_{entry.state}", between=" / ")


def verify_audit(*, known: str) -> None:
    """Check the trail against its seals; UserError where anything does not hold."""
    with service():
        from django.conf import settings

        from tangga.web.audit.kept import kept
        from tangga.web.audit.seal import last_seal
        from tangga.web.audit.verify import verify_audit

        found = verify_audit(known, kept(settings.ENV.var))
        last = last_seal()
    for one in found:
        seal = "" if one.seal is None else f" (seal {one.seal})"
        screen.out.print(f"- {one.what}{seal}", soft_wrap=True, markup=False)
    if found:
        raise UserError(both("web_serve.audit_broken", between=" / "))
    screen.out.print(both("web_serve.audit_holds", number=str(last.number if last else 0)))
    if last is not None:
        screen.out.print(both("web_serve.keep_seal", hash=last.hash), soft_wrap=True)


def who(by: str | None, verb: str) -> str:
    """Whose name stands beside what was done: `budi (server: root)`, or without --by the account of
    this machine alone, `root (server)`.

    by: the username of an account that may do this; UserError for any other. Needs Django set up.
    """
    here = os.environ.get("SUDO_USER") or getpass.getuser()
    if by is None:
        return f"{here} (server)"
    from tangga.web.accounts.holders import holder

    account = holder(by, verb)
    if account is None:
        todo = "Name an account that holds such a post today, or leave --by out"
        raise UserError("no account of this name may do this", value=by, todo=todo)
    return f"{account} (server: {here})"


def _release(folder: Path) -> Path:
    """A release's own folder; of a workspace, what its run in force published."""
    if (folder / "runs" / "CURRENT").is_file():
        from tangga.engine.current import last_complete

        return last_complete(folder) / "publish" / "release"
    return folder


def _say_entry(entry: object) -> None:
    values = {name: getattr(entry, name) for name in ("number", "release", "state")}
    rows = sum(getattr(entry, "counts", {}).values())
    screen.out.print(both("web_serve.loaded", rows=rows, **values), soft_wrap=True)
    told = both("web_releases.manifest", between=" / ")
    screen.out.print(f"{told}: {getattr(entry, 'manifest_sha256', '') or '-'}", soft_wrap=True)
