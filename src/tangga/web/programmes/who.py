"""Names and numbers of a line, as they were when the list was made: sealed in one piece."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tangga.web.programmes.households import Rows
from tangga.web.programmes.listing import Line
from tangga.web.secrets import seal, unseal


@dataclass(frozen=True)
class Who:
    """head: of the family. payee, nik: who receives the money. names: of the persons of its parts.
    proposed: whom the rule proposes as payee, where that is to be settled."""

    head: str = ""
    kk: str = ""
    address: str = ""
    payee: str = ""
    nik: str = ""
    proposed: str = ""
    names: dict[str, str] = field(default_factory=dict)


def sealed(line: Line, homes: Rows, named: Rows) -> bytes:
    """Of a line that is being kept."""
    home = homes.get(line.family_id, {})
    payee = named.get(line.payee or line.person_id, {})
    persons = {part["person"] for part in line.parts if part.get("person")} | {line.person_id}
    who = {
        "head": home.get("head") or "",
        "kk": home.get("kk") or "",
        "address": home.get("address") or "",
        "payee": payee.get("name", ""),
        "nik": payee.get("nik", ""),
        "proposed": named.get(line.proposed, {}).get("name", ""),
        "names": {one: named[one]["name"] for one in sorted(persons) if one in named},
    }
    return seal(json.dumps(who, ensure_ascii=False))


def who(row: Any) -> Who:
    """Of a row that was kept."""
    return Who() if row.who is None else Who(**json.loads(unseal(row.who)))
