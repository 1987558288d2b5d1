"""What publish.toml may say: which open tables there are, and how small a number may be told."""

from __future__ import annotations

from tangga.rules.setting_kinds import (
    Kind,
    bands,
    code,
    listed,
    number,
    one_of,
    several_of,
    text,
    whole,
)

COUNTED = {
    "families": ("decile", "rung", "clock"),
    "people": ("sex", "age", "decile"),
    "programmes": ("state",),
    "payments": ("programme", "year"),
    "cases": (),
    "readiness": ("state",),
    "achievement": (),
}
"""What open tables may count -> by what its numbers may be parted."""
PLAIN = ("budgets", "targets", "outcomes")
"""What is told as it stands: of no family."""

PUBLISH: dict[str, Kind] = {
    "threshold": whole(low=2),
    "width": whole(low=1),
    "money_width": number(low=1),
    "case_level": code("area_level"),
    "licence": text(),
    "licence_title": text(),
    "licence_path": text(),
    "clock": bands(),
    "age": bands(),
    "table": listed(
        {
            "of": one_of(*COUNTED),
            "by": several_of(*sorted({name for names in COUNTED.values() for name in names})),
            "narrowest": code("area_level"),
        }
    ),
    "plain": listed({"of": one_of(*PLAIN)}, ()),
}
