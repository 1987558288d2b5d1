"""`tangga notices`: a letter for every adverse move that is due and was not told yet.

Letters are made from the pack's template (`documents/notice.html`) and what the last complete run
has stored, and are written before the register: what the register knows, was written. A second
call on the same day finds nothing to write.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tangga.engine.current import last_complete
from tangga.engine.decided import decided_by
from tangga.engine.explain.register import Register
from tangga.engine.lock import locked
from tangga.engine.notices.gathered import BATCH, Gathered
from tangga.engine.notices.letter import Letters
from tangga.engine.notices.register import FILE, Notice, append, next_numbers, read_register
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import UserError

Progress = Callable[[str, int, int], None]
Subject = tuple[str, str, str]
"""family_id, person_id ("" for the family), move."""


@dataclass(frozen=True)
class Written:
    """What was written: letters, the folder they lie in, the register, and the day they bear."""

    notices: tuple[Notice, ...]
    folder: Path
    register: Path
    day: date


def write_notices(
    directory: Path, *, out: Path | None = None, on: date | None = None, progress: Progress
) -> Written:
    """Write the letters that are missing, and put them into the register.

    out: the folder for the letters (else `notices/` in the workspace), made private. on: the day
    that they bear (else that of the last complete run; never before it). Raises UserError where
    there is no run that decided, or where the policy has changed since.
    """
    workspace = load_workspace(directory)
    with locked(workspace.runs):
        run = last_complete(directory)
        _, today = decided_by(workspace, run, "due")
        day = _day(on, today.day)
        folder = Path(out) if out is not None else directory / FILE.parent
        known = read_register(directory)
        with Gathered(run, workspace.pack, today) as register:
            missing = _missing(register, known, day)
            notices = _numbered(missing, known, day, _days(workspace, day))
            letters = Letters(register, today, workspace, day)
            _write(letters, register, notices, folder, progress)
        if notices:
            append(directory, notices)
    return Written(tuple(notices), folder, directory / FILE, day)


def _day(on: date | None, decided: date) -> date:
    if on is not None and on < decided:
        raise UserError(
            f"a letter cannot be older than the decision of {decided} that it tells of",
            value=on.isoformat(),
        )
    return on or decided


def _days(workspace: Workspace, day: date) -> int:
    """Between the letter and the effect of the move, by the rule of the letter's day."""
    return int(workspace.rulebook.on(day).notice.says["days"])


def _missing(register: Register, known: list[Notice], day: date) -> list[Subject]:
    """Adverse moves due without a letter written since they stand due."""
    told: dict[Subject, date] = {}
    for notice in known:
        if notice.date <= day:
            told[notice.of] = max(notice.date, told.get(notice.of, notice.date))
    due = register.ask(
        "SELECT d.family_id, d.person_id, d.move, s.since "
        f"FROM {register.run.scan('plan', 'due')} AS d "
        f"JOIN {register.run.scan('plan', 'standing_now')} AS s ON s.what = 'due/' || d.move "
        "AND s.subject = coalesce(d.person_id, d.family_id) "
        "WHERE d.adverse ORDER BY d.family_id, d.person_id NULLS FIRST, d.move"
    )
    subjects = [((r["family_id"], r["person_id"] or "", r["move"]), r["since"]) for r in due]
    return [of for of, since in subjects if of not in told or told[of] < since]


def _numbered(missing: list[Subject], known: list[Notice], day: date, days: int) -> list[Notice]:
    numbers = next_numbers(known, day, len(missing))
    effect = day + timedelta(days=days)
    return [
        Notice(number, day, family, person, move, effect)
        for number, (family, person, move) in zip(numbers, missing, strict=True)
    ]


def _write(
    letters: Letters, register: Gathered, notices: list[Notice], folder: Path, progress: Progress
) -> None:
    """One file a letter, readable by its owner alone; its name holds the number and no person."""
    if not notices:
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    for done, notice in enumerate(notices):
        if done % BATCH == 0:
            progress("notices", done, len(notices))
            register.gather(notices[done : done + BATCH])
        file = folder / f"{notice.number.replace('/', '-')}.html"
        unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
        unfinished.write_text(letters.html(notice), encoding="utf-8")
        unfinished.replace(file)
        progress("notices", done + 1, len(notices))
