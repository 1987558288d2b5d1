"""`tangga ranks`."""

from __future__ import annotations

from pathlib import Path

from tangga.cli import screen
from tangga.engine.rank.chosen import Asked, Release
from tangga.engine.rank.compare import Comparison, Counts, compare, open_comparison
from tangga.texts import both

COUNTED = ("families", "unchanged", "rose", "rose_by", "fell", "fell_by", "crossed_out",
           "crossed_in", "lost", "gained")  # fmt: skip


def ranks(
    directory: Path, *, before: str | None, after: str | None, area: str | None, to: Path | None
) -> None:
    """Print what changed between two releases, and write the list of families where asked."""
    if to is not None:
        from tangga.engine.export import check_target

        check_target(directory, to)
    opened = open_comparison(directory, Asked(before, after, area))
    found = compare(opened)
    _releases(found.releases)
    for one, two in found.pairs:
        screen.out.print(both("ranks.compared", before=one, after=two))
    if found.apart:
        screen.out.print(both("ranks.apart"), soft_wrap=True)
    for source, many in found.not_compared.items() if found.pairs else ():
        screen.out.print(both("ranks.not_compared", many=many, source=source), soft_wrap=True)
    if not found.pairs:
        screen.out.print(both("ranks.one_release"), soft_wrap=True)
    _table(f"ranks.by_{found.level}", [*found.areas, *([found.total] if found.total else [])])
    _table("ranks.by_programme", list(found.programmes), named=False)
    _open_ends(found)
    if to is not None:
        from tangga.engine.rank.listing import write_list

        rows = write_list(opened, to)
        screen.out.print(both("export.done", rows=rows, file=to), soft_wrap=True)


def _releases(releases: tuple[Release, ...]) -> None:
    headings = [both(f"ranks.release_{name}") for name in ("name", "on", "source", "rows", "state")]
    rows = [(r.name, r.on, r.source, r.rows, both(f"ranks.state_{r.state}")) for r in releases]
    screen.print_table(headings, rows, title=both("ranks.releases", between=" / "))


def _table(title: str, rows: list[Counts], *, named: bool = True) -> None:
    if not rows:
        return
    headings = ["", *(both(f"ranks.{name}") for name in COUNTED)]
    shown = [
        (_who(one, named=named), *(_counted(getattr(one, name)) for name in COUNTED))
        for one in rows
    ]
    screen.print_table(headings, shown, title=both(title, between=" / "))


def _who(one: Counts, *, named: bool) -> str:
    """The code and name of an area, the code of a programme; of all where there is none."""
    if one.code is None:
        return both("ranks.all", between=" / ")
    return f"{one.code} {one.label}" if named else one.code


def _counted(value: float | None) -> float | None:
    """A mean with one digit behind the point: more would be noise."""
    return round(value, 1) if isinstance(value, float) else value


def _open_ends(found: Comparison) -> None:
    """Families with and without a rank, ranks without a family, rows that disagree."""
    counted = {"families": found.families, "ranked": found.with_decile, "ended": found.ended}
    counted["unranked"] = sum(found.unranked.values())
    screen.out.print(both("ranks.families_in_all", **counted), soft_wrap=True)
    for why, many in found.unranked.items():
        screen.out.print(both(f"ranks.unranked_{why}", many=many), soft_wrap=True)
    if found.without_family:
        screen.out.print(both("ranks.without_family", many=found.without_family), soft_wrap=True)
    if found.doubtful:
        screen.out.print(both("ranks.doubtful", many=found.doubtful), soft_wrap=True)
