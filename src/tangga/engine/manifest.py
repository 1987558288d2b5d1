"""The manifest of a run: from what it was made, what it holds, and what it cost."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tangga.errors import Conflict

FILE = "manifest.json"


@dataclass
class Manifest:
    """Written last, by rename: a folder without a complete manifest is a run that died.

    sources: name -> rows_in, accepted, quarantined. stages: name -> seconds, cpu_seconds,
    peak_bytes, rows by table, and, where the stage was made anew, the same three of each step.
    inputs: file -> sha256 and bytes. mode: full, add, or unchanged where there was nothing new.
    replays: of a run for an earlier day than the one before it,
    the run that it does not replace: the next one rests on that. on_disk: source -> file ->
    size, mtime_ns and sha256 of the file as it lay there. papers: sha256 of what else decides
    (rulings, areas, policy, letters, the welfare model). office: of what an office writes of
    its own (targets, budgets, places, outcomes, plan lines), which changes no record of
    anybody. code: of the program. policy: its hash, the versions of the day, which of them are
    announced only, and the rules that say nothing on it. clock: the two readings of months of
    support. model: which one scored families, how many it could, and of how many it lacked
    which fact. adds: how many runs of adding stand on the last full one; added: the bytes of
    sources of persons that they added. published: the release that this run wrote, and what was
    proven of its open tables; empty where it wrote none.
    """

    run: str
    name: str
    as_of: str
    mode: str
    program: str
    pack: dict[str, str]
    descriptors: dict[str, str]
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    previous: str | None = None
    replays: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    complete: bool = False
    on_disk: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    office: dict[str, str] = field(default_factory=dict)
    code: str = ""
    policy: dict[str, Any] = field(default_factory=dict)
    clock: dict[str, Any] = field(default_factory=dict)
    model: dict[str, Any] = field(default_factory=dict)
    adds: int = 0
    added: int = 0
    published: dict[str, Any] = field(default_factory=dict)

    def write(self, file: Path) -> None:
        """Write as JSON under a temporary name, then rename."""
        unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False, sort_keys=True)
        unfinished.write_text(text + "\n", encoding="utf-8")
        unfinished.replace(file)


def read_manifest(run: Path) -> Manifest | None:
    """The manifest of a run's folder; None where the run never came to write one."""
    try:
        return Manifest(**json.loads((run / FILE).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def day_of(run: Path) -> date:
    """The day that a finished run's decisions speak of; Conflict for one without a manifest."""
    manifest = read_manifest(run)
    if manifest is None:
        raise Conflict(f"{run} has no manifest")
    return date.fromisoformat(manifest.as_of)
