"""The descriptor of open tables: a Data Package (datapackage.org), which other tools read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tangga.engine.area_tree import AreaTree
from tangga.engine.publish.aggregate import Numbers
from tangga.engine.publish.counted import COUNTED, SMALLER, STAGE
from tangga.engine.publish.plain import Plain
from tangga.engine.publish.prove import PACKAGE
from tangga.engine.workspace import Workspace
from tangga.hashing import sha256
from tangga.rules.on_date import OnDate
from tangga.texts import LANGUAGES, say

PLACE = ("level", "area", "area_name")
KINDS = {"BIGINT": "integer", "INTEGER": "integer", "DATE": "date", "BOOLEAN": "boolean"}
SUPPRESSED = "suppressed"


def write_package(
    folder: Path,
    workspace: Workspace,
    today: OnDate,
    tables: Sequence[Numbers],
    plain: Sequence[Plain],
    tree: AreaTree,
    widths: Mapping[str, float],
) -> None:
    """Write `datapackage.json` beside the CSV files, with the size and sha256 of each."""
    says = today.settings[STAGE].says
    resources = [_counted(folder, one) for one in tables] + [_plain(folder, one) for one in plain]
    package = {
        "name": _name(workspace.name),
        **_titles("package", name=workspace.name, day=workspace.as_of.isoformat()),
        "version": workspace.as_of.isoformat(),
        "licenses": [
            {
                "name": says["licence"],
                "title": says["licence_title"],
                "path": says["licence_path"],
            }
        ],
        "sources": [{"title": source.name} for source in workspace.sources],
        "resources": resources,
        "tangga": {
            "threshold": says["threshold"],
            "widths": dict(widths),
            "units": {n: unit for one in COUNTED.values() for n, unit in one.measures.items()},
            "levels": dict(tree.levels),
            "smaller": SMALLER,
        },
    }
    text = json.dumps(package, indent=2, ensure_ascii=False)
    (folder / PACKAGE).write_text(text + "\n", encoding="utf-8")


def _name(words: str) -> str:
    """As the standard asks: lower-case letters, digits, '-', '_' and '.'."""
    return "".join(s if s.isalnum() and s.isascii() else "-" for s in words.lower()) or "tangga"


def _titles(key: str, **values: object) -> dict[str, Any]:
    """The title in the first language, and in each."""
    titles = {language: say(f"open.{key}", language, **values) for language in LANGUAGES}
    return {"title": titles[LANGUAGES[0]], "titles": titles}


def _counted(folder: Path, table: Numbers) -> dict[str, Any]:
    shape = table.shape
    texts = [*PLACE, *shape.each, *shape.by]
    fields = [_field(name, "string") for name in texts]
    fields += [_field(name, "integer") for name in shape.measures]
    fields.append(_field(SUPPRESSED, "string"))
    key = ["level", "area", *shape.each, *shape.by]
    about = {
        "protected": True,
        "each": list(shape.each),
        "by": list(shape.by),
        "measures": list(shape.measures),
        "narrowest": table.levels[-1],
    }
    return _resource(folder, shape.name, table.labels, fields, key) | {"tangga": about}


def _plain(folder: Path, table: Plain) -> dict[str, Any]:
    fields = [_field(name, KINDS.get(kind, "string")) for name, kind in table.columns.items()]
    return _resource(folder, table.id, table.labels, fields, [])


def _field(name: str, kind: str) -> dict[str, Any]:
    return {"name": name, "type": kind, **_titles(f"field_{name}")}


def _resource(
    folder: Path,
    name: str,
    labels: Mapping[str, str],
    fields: Iterable[Mapping[str, Any]],
    key: list[str],
) -> dict[str, Any]:
    file = folder / f"{name}.csv"
    schema = {"fields": list(fields), "missingValues": [""]}
    return {
        "name": name,
        "path": file.name,
        "title": labels[LANGUAGES[0]],
        "titles": {language: labels[language] for language in LANGUAGES},
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.stat().st_size,
        "hash": f"sha256:{sha256(file)}",
        "schema": schema | ({"primaryKey": key} if key else {}),
    }
