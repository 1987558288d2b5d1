"""The rules as this service reads them: the pack's, with the overlays of the office's workspace.

Read once a process. Whether they are the rules that the release in force was decided by is told by
the hash in its manifest.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.conf import settings

from tangga.errors import UserError
from tangga.rules.load import load_policy
from tangga.rules.names import PERSON_TABLE
from tangga.rules.on_date import Policy
from tangga.rules.policy import Choice, Dated, Move, Programme, Requirement, Signal
from tangga.rules.wording import WordsOf, words_of
from tangga.web.pack import pack

WORKSPACE_FILE = "tangga.toml"
Listed = Programme | Move | Signal | Choice


@dataclass(frozen=True)
class Asked:
    """A requirement, and whom it speaks of: person or family."""

    requirement: Requirement
    subject: str


@dataclass(frozen=True)
class Book:
    """What was decided. overlays: the office's own folders of rules, in order. unread: why the
    workspace's overlays could not be read, "" where they were."""

    policy: Policy
    overlays: tuple[Path, ...] = ()
    unread: str = ""

    @cached_property
    def words(self) -> WordsOf:
        """What the facts of these rules are called."""
        return words_of(self.policy.facts, pack())

    def decided_by(self, manifest: Mapping[str, Any]) -> bool | None:
        """Whether a release was decided by these very files; None where it does not say."""
        said = manifest.get("policy", {}).get("sha256")
        return None if said is None else bool(said == self.policy.hash())

    def listed(self, id_: str) -> Listed | None:
        """The programme, move, signal or choice of this id."""
        of = self.policy
        for some in (of.programmes, of.moves, of.signals, of.choices):
            if id_ in some:
                found: Listed = some[id_]
                return found
        return None

    def label(self, id_: str, language: str) -> str:
        """What a programme, move or signal is called; its id where these rules lack it."""
        found = self.listed(id_)
        return found.labels.get(language, id_) if found else id_

    def asked(self, rule: str, on: date) -> Asked | None:
        """The requirement that a reason names (`pkh/decile`), as it read on a day."""
        id_, _, name = rule.partition("/")
        found = self.listed(id_)
        if found is None:
            return None
        version: Dated[Any] | None = found.rule.on(on)
        requires = () if version is None else version.says.requires
        asked = next((one for one in requires if one.id == name), None)
        return None if asked is None else Asked(asked, subject_of(found))


def subject_of(listed: Listed) -> str:
    """Whom a rule speaks of: person or family."""
    match listed:
        case Programme():
            return listed.unit
        case Choice():
            return PERSON_TABLE
        case _:
            return listed.subject


@cache
def book() -> Book:
    """The rules of this process."""
    overlays, unread = _overlays(settings.ENV.workspace)
    try:
        return Book(load_policy(pack(), overlays), overlays, unread)
    except UserError as wrong:
        if not overlays:
            raise
        return Book(load_policy(pack()), (), str(wrong))


def _overlays(workspace: str) -> tuple[tuple[Path, ...], str]:
    """The folders that the workspace's tangga.toml names, and why they could not be read."""
    if not workspace:
        return (), ""
    folder = Path(workspace)
    try:
        said = tomllib.loads((folder / WORKSPACE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        return (), type(wrong).__name__
    named = said.get("policy", [])
    paths = tuple(folder / str(one) for one in named) if isinstance(named, list) else ()
    missing = [path.name for path in paths if not path.is_dir()]
    return ((), ", ".join(missing)) if missing else (paths, "")
