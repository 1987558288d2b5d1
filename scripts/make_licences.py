"""Writes the page of the licences of all packages that the lock files name.

    python scripts/make_licences.py           writes docs/security/licences.md
    python scripts/make_licences.py --check   exits 1 when the committed page is stale

What a package says of itself in its metadata is read where it is installed, as it is in the
environment of ./tangga test. A licence that is not on the allow list ends the command with exit
code 1, and with what to do.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

from made_pages import heading, keep, row

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "security" / "licences.md"
LOCKS = {"run": "service", "dev": "development"}
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)

FREE = frozenset(
    [
        "0BSD",
        "Apache-2.0",
        "Artistic-1.0-Perl",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "PSF-2.0",
        "Zlib",
    ]
)
"""Licences that ask for no more than that their text goes along."""

WITH_CONDITION = {
    "LGPL-3.0-only": "used as installed and unchanged, and can be replaced by the user",
    "MPL-2.0": "used as installed; a change of its own files would have to be published",
}
"""Licences whose condition we meet, and how."""

SAID_ELSEWHERE = {
    "axe-playwright-python": ("MIT", "its licence file"),
    "colorama": ("BSD-3-Clause", "its licence file; installed on Windows only"),
    "fido2": ("BSD-2-Clause AND Apache-2.0 AND MPL-2.0", "its licence files"),
    "qrcode": ("BSD-3-Clause", "its licence file"),
    "scipy": ("BSD-3-Clause", "its licence file, which names what its wheels bring along"),
    "text-unidecode": ("Artistic-1.0-Perl OR GPL-2.0-or-later", "its classifiers"),
}
"""Packages whose metadata say it in words that no program reads, and where it is said."""

WORDS = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "2-clause BSD": "BSD-2-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
HEAD = """# Licences of what Tangga is built on

Made by `scripts/make_licences.py` from the lock files and from what each package says of itself. Do
not edit. Tangga itself is under Apache-2.0 (`LICENSE`).

*service*: a user installs it. *development*: tests, benches and checks alone. `BSD` is one of the
BSD licences where the package does not say which.

A package with a licence outside this list ends `.ci/run`: it is looked at by a person first, and
goes onto the list in the script with a reason, or does not come in.
"""


def locked(name: str) -> dict[str, list[str]]:
    """package -> its versions, of one lock file; two where they depend on the version of Python."""
    found: dict[str, list[str]] = {}
    for package, version in PINNED.findall((ROOT / "requirements" / f"{name}.lock").read_text()):
        found.setdefault(package, []).append(version)
    return found


def licence(package: str) -> tuple[str, str]:
    """As an SPDX expression, and where that is said; KeyError where no reading is known."""
    if package in SAID_ELSEWHERE:
        return SAID_ELSEWHERE[package]
    try:
        said = metadata(package)
    except PackageNotFoundError:
        raise KeyError(f"{package} is not installed here: run ./tangga test once") from None
    return _of(package, said), "metadata"


def _of(package: str, said: PackageMetadata) -> str:
    if expression := said.get("License-Expression"):
        return str(expression)
    known = FREE | WITH_CONDITION.keys()
    short = (said.get("License") or "").strip()
    if (plain := WORDS.get(short, short)) in known:
        return plain
    classes = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier", [])]
    named = sorted({WORDS[one] for one in classes if one in WORDS})
    if len(named) == 1:
        return named[0]
    raise KeyError(f"{package}: its metadata name no licence; read its files")


def allowed(expression: str) -> bool:
    """Whether all that must be kept can be: of `A OR B` one of them, of `A AND B` both."""
    known = FREE | WITH_CONDITION.keys()
    return all(
        any(one.strip(" ()") in known for one in part.split(" OR "))
        for part in expression.split(" AND ")
    )


def page() -> str:
    """The whole page as Markdown, ending in one newline."""
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    run, every = locked("run"), locked("dev")
    yield HEAD
    yield from heading("package", "version", "licence", "for", "said in")
    for package in sorted(every):
        expression, where = licence(package)
        use = LOCKS["run" if package in run else "dev"]
        yield row(f"`{package}`", ", ".join(every[package]), expression, use, where)
    free = ", ".join(sorted(FREE))
    yield from (
        "",
        "## Allowed",
        "",
        f"Asking for no more than that their text goes along: {free}.",
    )
    yield ""
    yield from heading("with a condition", "how it is met")
    for name, how in WITH_CONDITION.items():
        yield row(name, how)


def problems() -> list[str]:
    """What keeps the page from being written: licences nobody has allowed, or that nobody reads."""
    found = []
    for package in locked("dev"):
        try:
            expression, _ = licence(package)
        except KeyError as error:
            found.append(str(error.args[0]))
        else:
            if not allowed(expression):
                found.append(f"{package} is under {expression}, which is not on the allow list")
    return found


def main() -> int:
    """Write or compare the page; exit code 1 where a licence is not allowed or the page is old."""
    if wrong := problems():
        sys.stderr.write("\n".join([*wrong, "See the tables at the top of the script."]) + "\n")
        return 1
    return keep({FILE: page()}, __doc__)


if __name__ == "__main__":
    sys.exit(main())
