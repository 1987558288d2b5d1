"""What is wrong with a release, told all at once: which file, what, how many. Never a value."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tangga.errors import UserError
from tangga.texts import both

MOST = 40
"""Findings that one message tells; the rest are counted."""


class Finding(NamedTuple):
    """One thing that is wrong. file: of the release. many: how many rows; 0 where none is meant."""

    file: str
    what: str
    many: int = 0

    def __str__(self) -> str:
        return f"{self.file}: {f'{self.many} ' if self.many else ''}{self.what}"


class BrokenRelease(UserError):
    """A release that must not be loaded: `findings` says why."""

    def __init__(self, folder: Path, findings: Sequence[Finding], todo: str = "") -> None:
        self.findings = tuple(findings)
        todo = todo or both("web_releases.publish_again", between=" / ")
        told = [str(one) for one in findings[:MOST]]
        if len(findings) > MOST:
            told.append(f"and {len(findings) - MOST} more findings")
        super().__init__(
            "\n".join([both("web_releases.not_loaded", between=" / "), *told]),
            file=folder,
            todo=f"{both('web_releases.stays', between=' / ')} {todo}",
        )
