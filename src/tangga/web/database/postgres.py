"""A PostgreSQL server of our own, where nobody names another: made, started, found and stopped.

    server = start(Path("var/postgres"))
    server.url("postgres", "postgres")
    server.stop()

A folder of data holds `cluster/` (PostgreSQL's own files), `server.log` and a lock. The server
listens on a unix socket only.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tangga.errors import UserError
from tangga.web.database import binaries, server_settings
from tangga.web.database.binaries import Binaries

SUPERUSER = "postgres"
PORT = 5432
"""Part of the socket's file name only."""

PATIENCE = 300.0
"""Seconds to wait for a start: after a crash a large database recovers first."""

SOCKETS = Path("/tmp")  # nosec B108
"""The path of a socket may have 107 bytes, so it cannot stand beside the data."""


@dataclass
class Server:
    """A server that answers. `ours` says whether this process started it."""

    data: Path
    socket: Path
    binaries: Binaries
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def ours(self) -> bool:
        return self.process is not None

    def url(self, database: str, user: str = SUPERUSER) -> str:
        """A URL for psycopg, libpq's programs and settings: all over the socket."""
        where = f"host={quote(str(self.socket), safe='')}&port={PORT}"
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?{where}"

    def answers(self) -> bool:
        return _answers(self.binaries, self.socket)

    def stop(self) -> None:
        """End it in order: open transactions are rolled back. Does nothing to one that is down."""
        for how, seconds in ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0)):
            number = _postmaster(self.data)
            if number is None:
                break
            with suppress(ProcessLookupError):
                os.kill(number, how)
            if self._ended(number, seconds):
                break
        shutil.rmtree(self.socket, ignore_errors=True)

    def _ended(self, number: int, seconds: float) -> bool:
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if self.process is not None:
                self.process.poll()
            if not _alive(number):
                return True
            time.sleep(0.02)
        return False


def start(data: Path, *, fast: bool = False, programs: Binaries | None = None) -> Server:
    """The server of this folder: found, or else started; the folder is made where it is missing.

    fast: for tests only; what was written is lost with the machine, and the server ends when the
    thread that started it does. programs: these binaries and no others.

    Raises UserError: no PostgreSQL here, data of another major version, or it does not start.
    """
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(data):
        found = running(data)
        if found is not None:
            return found
        programs = _choose(data, programs)
        found = _wait_for_another(data)
        if found is not None:
            return found
        socket = _private_folder(socket_folder(data))
        if not (data / "cluster").is_dir():
            _make_cluster(data, programs, fast)
        conf = data / "cluster" / server_settings.FILE
        conf.write_text(server_settings.text(socket, fast), encoding="utf-8")
        _hand_over(data, socket)
        return _launch(data, socket, programs, fast)


def running(data: Path) -> Server | None:
    """The server of this folder if it answers, whoever started it."""
    data = data.resolve()
    version = _version(data)
    programs = None if version is None else binaries.of_major(version)
    socket = socket_folder(data)
    if programs is None or _postmaster(data) is None or not _answers(programs, socket):
        return None
    return Server(data, socket, programs)


def socket_folder(data: Path) -> Path:
    """Short, and the same for the same folder of data."""
    digest = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()
    return SOCKETS / f"tangga-{os.geteuid()}-{digest[:16]}"


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Two that start at once do so one after the other; the second finds the first's server."""
    handle = os.open(data / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _version(data: Path) -> int | None:
    try:
        return int((data / "cluster" / "PG_VERSION").read_text().strip())
    except (OSError, ValueError):
        return None


def _choose(data: Path, programs: Binaries | None) -> Binaries:
    """The programs of the version that made the data; UserError where they are not here."""
    if not (data / "cluster").is_dir():
        return programs or binaries.preferred()
    made = _version(data)
    if made is None:
        raise UserError("is no folder of PostgreSQL: PG_VERSION is missing", file=data / "cluster")
    fitting = binaries.of_major(made) if programs is None else programs
    if fitting is not None and fitting.major == made:
        return fitting
    here = ", ".join(str(one.major) for one in binaries.installed()) or "none"
    raise UserError(
        f"these data were made by PostgreSQL {made}, and this machine has {here}",
        file=data,
        todo=(
            f"Install PostgreSQL {made} again, write a backup with `tangga web backup`, then "
            "restore it into an empty folder with `tangga web restore`"
        ),
    )


def _make_cluster(data: Path, programs: Binaries, fast: bool) -> None:
    """Into a folder beside, then renamed: a killed start leaves nothing half made."""
    new = data / "cluster.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    _hand_over(data)
    # No collation of the operating system or of ICU: its order may change with an update, and
    # indexes would silently be wrong. Over the socket the folder's permissions are the lock.
    locale = ["--locale=C.UTF-8"]
    if programs.major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    command = [programs["initdb"], "-D", str(new), "-U", SUPERUSER, "--encoding=UTF8", *locale]
    command += ["--data-checksums", "--no-instructions"]
    command += ["--auth-local=trust", "--auth-host=scram-sha-256"]
    done = subprocess.run(
        [*binaries.as_nobody_special(), *command, *(["--no-sync"] if fast else [])],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=_environment(),
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UserError(f"PostgreSQL could not make its files: {last}", file=data)
    with (new / "postgresql.conf").open("a") as file:
        file.write(f"include '{server_settings.FILE}'\n")
    new.rename(data / "cluster")


def _launch(data: Path, socket: Path, programs: Binaries, fast: bool) -> Server:
    """Start it and wait until it answers; UserError with its last words where it does not."""
    limit = time.monotonic() + PATIENCE
    server = Server(data, socket, programs, _spawn(data, programs, fast))
    while not server.answers():
        if server.process is not None and server.process.poll() is not None:
            said = _last_words(data)
            # Children of a killed server see that it is gone, and go, within a moment.
            if "shared memory" not in said or time.monotonic() > limit - PATIENCE + 10:
                raise UserError(f"PostgreSQL did not start: {said}", file=data)
            server.process = _spawn(data, programs, fast)
        if time.monotonic() > limit:
            server.stop()
            raise UserError(f"PostgreSQL was not ready after {PATIENCE:.0f} seconds", file=data)
        time.sleep(0.03)
    return server


def _spawn(data: Path, programs: Binaries, fast: bool) -> subprocess.Popen[bytes]:
    # In a session of its own, so that Ctrl-C reaches us, and we decide when it ends.
    tied = ["setpriv", "--pdeathsig", "INT"] if fast and shutil.which("setpriv") else []
    log = os.open(data / "server.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    command = [*binaries.as_nobody_special(), *tied, programs["postgres"]]
    try:
        return subprocess.Popen(
            [*command, "-D", str(data / "cluster")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            start_new_session=True,
        )
    finally:
        os.close(log)


def _answers(programs: Binaries, socket: Path) -> bool:
    """Asked of the server itself: a process number may be a dead one's, or a stranger's."""
    if not (socket / f".s.PGSQL.{PORT}").exists():
        return False
    ask = [programs["pg_isready"], "-q", "-h", str(socket), "-p", str(PORT), "-d", "postgres"]
    return subprocess.run(ask, env=_environment(), check=False).returncode == 0


def _postmaster(data: Path) -> int | None:
    """The process number that the server wrote down."""
    try:
        return int((data / "cluster" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _wait_for_another(data: Path) -> Server | None:
    """One that is still starting is waited for, and one that was killed until it is gone.

    A killed process stays in the list for a moment, and a new server would refuse to start.
    """
    limit = time.monotonic() + PATIENCE
    number = _postmaster(data)
    while number is not None and _is_postgres(number) and time.monotonic() < limit:
        with suppress(ChildProcessError):
            os.waitpid(number, os.WNOHANG)
        found = running(data)
        if found is not None:
            return found
        time.sleep(0.05)
    return None


def _is_postgres(number: int) -> bool:
    """False for no process, and for another program that got the number since."""
    try:
        return Path(f"/proc/{number}/comm").read_text().strip() == "postgres"
    except OSError:
        return False


def _alive(number: int) -> bool:
    state = _state(number)
    if state is not None:
        return state != "Z"
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _state(number: int) -> str | None:
    """A letter of the process's state, where the system has /proc."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return None


def _private_folder(folder: Path) -> Path:
    """Made for us alone. UserError where somebody else was quicker: they could listen in."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    owners = {os.geteuid(), _nobody()}
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) & 0o077 == 0
    if not private or found.st_uid not in owners:
        raise UserError("belongs to somebody else, or others can enter it", file=folder)
    return folder


def _hand_over(*folders: Path) -> None:
    """Where the server runs as another account, its folders must be that account's."""
    if binaries.as_nobody_special()[:1] != ("setpriv",):
        return
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _nobody(), -1, follow_symlinks=False)


def _nobody() -> int:
    """The uid that a server started by root may have; our own for everybody else."""
    if os.geteuid() != 0:
        return os.geteuid()
    import pwd

    return pwd.getpwnam("nobody").pw_uid


def _environment() -> dict[str, str]:
    """Without the user's own settings for PostgreSQL's programs; plain English in the log."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _last_words(data: Path, most: int = 3) -> str:
    """The end of the log, without times."""
    try:
        lines = (data / "server.log").read_text(errors="replace").strip().splitlines()
    except OSError:
        lines = []
    told = [re.sub(r"^\S+ \S+ \S+ \[\d+\] ", "", line) for line in lines[-most:]]
    return "; ".join(told) or "it said nothing"
