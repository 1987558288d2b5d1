"""`tangga notices`."""

from __future__ import annotations

import datetime
from pathlib import Path

from tangga.cli import screen
from tangga.cli.run import read_day
from tangga.texts import both

OLD = 7
"""Days after which letters that bear the day of the run may be sent too late."""


def notices(directory: Path, *, out: Path | None, on: str | None) -> None:
    """Write the letters that are missing; says how many, never to whom."""
    from tangga.engine.notices.write import write_notices

    day = read_day(on, "--date")
    with screen.bars() as progress:
        written = write_notices(directory, out=out, on=day, progress=progress)
    if not written.notices:
        screen.out.print(both("notices.none", day=written.day))
        return
    first, last = written.notices[0], written.notices[-1]
    numbers = {"first": first.number, "last": last.number}
    said = {"many": len(written.notices), "folder": written.folder, "day": written.day}
    screen.out.print(both("notices.done", **said, **numbers), soft_wrap=True)
    screen.out.print(both("notices.effect", day=first.takes_effect_on), soft_wrap=True)
    if on is None and (datetime.date.today() - written.day).days > OLD:
        screen.out.print(both("notices.old", day=written.day), soft_wrap=True)
