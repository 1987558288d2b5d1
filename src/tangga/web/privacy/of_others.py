"""What a value that holds several things says of others than the person: left out of their copy."""

from __future__ import annotations

import json
from typing import Any

NAMES = ("person_id", "person", "payee_person_id")
"""Keys by which a thing within a value says whose it is."""

QUESTION = "ask_id"
"""The words of a question of a visit: handed over in its stead, without codes."""


def own(value: Any, person: str) -> Any:
    """A value of a row without what is about another member of the family."""
    if isinstance(value, str):
        return _text(value, person)
    if isinstance(value, list):
        return [own(one, person) for one in value if not _of_another(one, person)]
    if isinstance(value, dict):
        if QUESTION in value:
            return value[QUESTION]
        return {key: own(one, person) for key, one in value.items()}
    return value


def _text(value: str, person: str) -> str:
    """A text that is JSON, as the register keeps lists of things."""
    if not value.startswith(("[{", "{")):
        return value
    try:
        held = json.loads(value)
    except ValueError:
        return value
    kept = own(held, person)
    if isinstance(kept, list) and all(isinstance(one, str) for one in kept):
        return "\n".join(dict.fromkeys(kept))
    return json.dumps(kept, ensure_ascii=False)


def _of_another(one: Any, person: str) -> bool:
    if not isinstance(one, dict):
        return False
    named = [one[key] for key in NAMES if one.get(key)]
    return any(name != person for name in named)
