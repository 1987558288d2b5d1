"""Families by who works with them: a worker's own, and those of each worker of an area.

The register says who a worker's families are (the release's assignments, recorded or proposed);
the code of a worker stands in the post of their account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from tangga.texts import say
from tangga.web.database.rows import rows
from tangga.web.lists.definitions import definitions
from tangga.web.lists.fitting import fills
from tangga.web.lists.kept import Kept
from tangga.web.lists.release import Held
from tangga.web.register.made import INDEX
from tangga.web.viewer import Viewer

FILTER = "petugas"
ASSIGNMENTS, WORKERS = "assignments", "workers"
MOST_WORKERS = 200
"""Workers that a list offers to choose from; more are asked for area by area."""

OWN_LISTS = (
    *("families", "visits_asked", "due_moves", "near_cap", "past_cap", "cap_queue"),
    *("graduable", "unpaid"),
)
"""What a worker is told of their own families, in this order."""

CODES = f"""
SELECT w.code, {{name}} AS name
FROM (SELECT DISTINCT unnest(workers) AS code FROM {INDEX} ORDER BY 1 LIMIT {MOST_WORKERS + 1}) AS w
ORDER BY w.code
"""
NAME = f"(SELECT n.name FROM {WORKERS} AS n WHERE n.worker = w.code ORDER BY n.as_of DESC LIMIT 1)"
HAS = "{}.workers @> ARRAY[%s]"


@dataclass(frozen=True)
class Own:
    """One list of a worker's own families. to: that list, of as many rows."""

    label: str
    rows: int
    to: str


def condition(alias: str) -> str:
    """SQL with one parameter: the families of a worker's code."""
    return HAS.format(alias)


def told(release: Held) -> bool:
    """Whether the release says who works with which family."""
    return release.has(ASSIGNMENTS, "worker")


def options(viewer: Viewer, release: Held) -> list[tuple[str, str]]:
    """(code, words) of who may be chosen: the viewer themselves first, then those of the area."""
    known = _known(viewer, release)
    named = {code: f"{code} · {name}" if name else code for code, name in sorted(known.items())}
    own = named.pop(viewer.worker, viewer.worker)
    mine = [(viewer.worker, say("web_list.own_families", viewer.language, who=own))]
    others = list(named.items()) if len(known) <= MOST_WORKERS else []
    return [*(mine if viewer.worker else []), *others]


_named: Kept[Mapping[str, str]] = Kept(MOST_WORKERS)


def _known(viewer: Viewer, release: Held) -> Mapping[str, str]:
    """Worker's code -> name ('' where it is not shown) of the viewer's area; kept as long as a
    release."""
    named = viewer.sight("identity") == "full" and release.has(WORKERS, "name")
    return _named.of(viewer, release, named, lambda: _read(named))


def _read(named: bool) -> Mapping[str, str]:
    found = rows(CODES.format(name=NAME if named else "''"))
    return {str(row["code"]): row["name"] or "" for row in found}


def own_families(viewer: Viewer, release: Held) -> list[Own]:
    """How many of a worker's own families stand on each list; empty for who is no worker, and
    where the release does not say whose families are whose. One question to the database."""
    if not (viewer.worker and viewer.may("lists") and told(release)):
        return []
    if viewer.sight("personal") != "full":
        return []
    names = [name for name in OWN_LISTS if fills(definitions()[name], release.has)]
    text = " UNION ALL ".join(_count(name) for name in names)
    params = [one for name in names for one in (name, viewer.worker)]
    many = {str(row["list"]): int(row["many"]) for row in rows(text, params)}
    return [
        Own(
            definitions()[name].label(viewer.language),
            many[name],
            f"{reverse('list', args=[name])}?{urlencode({FILTER: viewer.worker})}",
        )
        for name in names
    ]


def _count(name: str) -> str:
    """How many rows of a list are of a worker's families; the same rows as its page shows."""
    definition = definitions()[name]
    of = "t" if definition.table == INDEX else "f"
    joined = "" if of == "t" else f"JOIN {INDEX} AS f ON f.family_id = t.family_id"
    own = f"({definition.where}) AND {condition(of)}" if definition.where else condition(of)
    return (
        f"SELECT %s AS list, count(*) AS many FROM {definition.table} AS t {definition.join}"
        f" {joined} WHERE {own}"
    )
