"""Which column of a file is which column of the register, and what its values mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tangga.engine.recognise.glimpse import Glimpse
from tangga.engine.recognise.known import FAMILY, ID, Known, Layout
from tangga.engine.settings import folded
from tangga.registry.model import Column

MOST_VALUES = 60
"""A column with more different texts is no column of codes."""
READS = 0.95
"""So many of the texts must read as dates for a form to be believed."""
Entry = dict[str, Any]


def fit(layout: Layout, seen: Glimpse) -> dict[str, Any]:
    """How well a layout fits: what it needs and lacks, what the file has beside. `fits`: all is
    there; score: 0 to 1."""
    there = {folded(name): name for name in seen.header}
    needed = list(layout.descriptor.source_columns())
    missing = [name for name in needed if folded(name) not in there]
    wanted = {folded(name) for name in needed}
    identifying = {folded(n) for n in layout.descriptor.identifying_columns()}
    lost = [name for name in missing if folded(name) in identifying]
    share = 1 - len(missing) / max(len(needed), 1)
    used = len(wanted & there.keys()) / max(len(there), 1)
    return {
        "layout": layout.name,
        "title": dict(layout.title),
        "kind": layout.descriptor.kind,
        "score": round(0.8 * share + 0.2 * used - 0.3 * bool(lost), 4),
        "fits": not missing,
        "missing": missing,
        "extra": [name for key, name in there.items() if key not in wanted],
        "ask": list(layout.ask),
        "as_of": None if layout.descriptor.as_of is None else layout.descriptor.as_of.isoformat(),
    }


def of_layout(layout: Layout, seen: Glimpse, known: Known) -> dict[str, Any]:
    """The layout's own descriptor, as far as this file has its columns, with forms and codes that
    the file uses."""
    said = {k: v for k, v in layout.said.items() if k not in ("files", "as_of", "columns")}
    there = {folded(name): name for name in seen.header}
    columns = known.columns(layout.descriptor.kind)
    entries: dict[str, Entry] = {}
    for name, entry in layout.said["columns"].items():
        entry = {"column": entry} if isinstance(entry, str) else dict(entry)
        found = _spelled(entry, there)
        if found is not None and name in columns:
            entries[name] = _with_values(found, columns[name], seen, known)
    for key in (ID, FAMILY):
        if key in said and _own_id(said[key], there) is None:
            del said[key]
        elif key in said:
            said[key] = _own_id(said[key], there)
    return {**said, "columns": entries}


def _spelled(entry: Entry, there: Mapping[str, str]) -> Entry | None:
    """The entry with the file's spelling; None where the file lacks a column of it."""
    found = dict(entry)
    for key in ("column", "year", "month", "day"):
        if key in entry:
            found[key] = there.get(folded(entry[key]))
    if "columns" in entry:
        found["columns"] = [there.get(folded(c)) for c in entry["columns"]]
    lacks = [v for k, v in found.items() if k in ("column", "year", "month", "day") and v is None]
    return None if lacks or None in found.get("columns", ()) else found


def _own_id(said: Any, there: Mapping[str, str]) -> Any:
    if isinstance(said, str):
        return there.get(folded(said))
    names = said.get("columns", [said.get("column")]) if isinstance(said, dict) else said
    found = [there.get(folded(name)) for name in names]
    return None if None in found else {"columns": found}


def propose(kind: str, seen: Glimpse, known: Known) -> dict[str, Any]:
    """A descriptor for a file of a kind, by the names of its columns."""
    free = {folded(name): name for name in reversed(seen.header)}
    there = {folded(name): name for name in seen.header}
    entries: dict[str, Entry] = {}
    columns = known.columns(kind)
    for name in _order(columns, known):
        column = columns[name]
        entry = _parts(name, column, there, known)
        if entry is None:
            taken = next(
                (k for w in known.names_of(name, column) if (k := folded(w)) in free), None
            )
            entry = {"column": free.pop(taken)} if taken else None
        if entry is not None:
            entries[name] = _with_values(entry, column, seen, known)
    said: dict[str, Any] = {"kind": kind, "trust": known.kinds.get(kind, {}).get("trust", 40)}
    for key in (ID, FAMILY):
        own = _first(known.headers.get(key, ()), seen)
        if own is not None and (key == FAMILY or _tells_apart(own, seen)):
            said[key] = own
    day = entries.get(known.kinds.get(kind, {}).get("as_of", ""), {})
    if "column" in day:
        said["as_of"] = {"column": day["column"]}
    return {**said, "columns": entries}


def _order(columns: Mapping[str, Column], known: Known) -> list[str]:
    """Columns with words of their own first, so that a label of another does not take theirs."""
    return sorted(columns, key=lambda name: (name not in known.headers, list(columns).index(name)))


def _parts(name: str, column: Column, there: Mapping[str, str], known: Known) -> Entry | None:
    """An area code or a date that stands in several columns. there: the header by folded names."""
    if column.type == "area" and name == "village":
        for parts in known.parts:
            if all(folded(part) in there for part in parts):
                return {"columns": [there[folded(part)] for part in parts]}
    if column.type == "date":
        for one in known.layouts:
            entry = one.said["columns"].get(name)
            if isinstance(entry, dict) and "year" in entry and _spelled(entry, there):
                return _spelled(entry, there)
    return None


def _first(words: Sequence[str], seen: Glimpse) -> str | None:
    there = {folded(name): name for name in seen.header}
    return next((there[folded(word)] for word in words if folded(word) in there), None)


def _tells_apart(name: str, seen: Glimpse) -> bool:
    texts = seen.column(name)
    return len(texts) == len(seen.rows) and len(set(texts)) == len(texts)


def _with_values(entry: Entry, column: Column, seen: Glimpse, known: Known) -> Entry:
    """The entry with the form of its dates and the codes of its texts, as the file shows them."""
    if "column" not in entry:
        return entry
    texts = seen.column(entry["column"])
    if column.type == "date":
        return entry | _format(entry, texts, known)
    if column.codes is not None:
        return entry | _codes(entry, texts, column, known)
    if column.type == "boolean" and "codes" not in entry:
        return entry | _truth(texts)
    return entry


def _format(entry: Entry, texts: Sequence[str], known: Known) -> Entry:
    stated = entry.get("format")
    for form in ([stated] if stated else []) + list(known.dates):
        if texts and sum(_reads(text, form) for text in texts) >= READS * len(texts):
            return {"format": form}
    return {"format": stated} if stated else {}


def _reads(text: str, form: str) -> bool:
    try:
        datetime.strptime(text.removesuffix(" 00:00:00"), form)
    except ValueError:
        return False
    return True


def _codes(entry: Entry, texts: Sequence[str], column: Column, known: Known) -> Entry:
    said = dict(entry.get("codes", {}))
    counted = Counter(texts)
    if len(counted) > MOST_VALUES or column.codes is None:
        return {"codes": said} if said else {}
    words = {folded(word) for word in said}
    for text in sorted(counted):
        if folded(text) in words:
            continue
        code = known.code_of(text, column.codes, column.name)
        if code is not None:
            said[text] = code
    return {"codes": said} if said else {}


def _truth(texts: Sequence[str]) -> Entry:
    """1 and 2 are yes and no on Indonesia's forms; 1 and 0 need no saying."""
    there = set(texts)
    return {"codes": {"1": "true", "2": "false"}} if there and there <= {"1", "2"} else {}


def unknown_values(
    entries: Mapping[str, Entry], seen: Glimpse, known: Known, kind: str
) -> list[Entry]:
    """Columns of codes with texts that nobody has said the meaning of: the officer's to match."""
    found = []
    columns = known.columns(kind)
    for name, entry in entries.items():
        column = columns.get(name)
        if column is None or column.codes is None or "column" not in entry:
            continue
        said = {folded(word) for word in entry.get("codes", {})}
        counted = Counter(seen.column(entry["column"]))
        left = [t for t in sorted(counted) if folded(t) not in said and t not in column.codes]
        if left:
            found.append({"column": name, "values": {t: counted[t] for t in left[:MOST_VALUES]}})
    return found


def guess_kind(seen: Glimpse, known: Known) -> str:
    """The kind of which most of the tell-tale columns are there; `people` where none is."""

    def signs(kind: str) -> tuple[int, int]:
        columns = propose(kind, seen, known)["columns"]
        wanted = known.kinds[kind].get("signs", ())
        needs = known.kinds[kind].get("needs", ())
        met = all(any(name in columns for name in group) for group in needs)
        return (sum(name in columns for name in wanted) if met else -1, len(columns))

    kinds = list(known.kinds) or ["people"]
    return max(kinds, key=signs) if known.kinds else kinds[0]
