"""One thing that is unsafe."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """name: of a text in the section web_check. values: what is filled in; never a secret."""

    name: str
    values: dict[str, object] = field(default_factory=dict)


def found(name: str, **values: object) -> Finding:
    """A finding."""
    return Finding(name, values)
