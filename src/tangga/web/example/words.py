"""What is said in the examples: `example.toml` of the pack, read once a process."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from django.conf import settings

from tangga.errors import BadPack
from tangga.registry.load import pack_dir

FILE = "example.toml"


@cache
def words() -> dict[str, Any]:
    """Texts and codes by the part of the work. BadPack where the file cannot be read."""
    path = pack_dir(settings.ENV.pack) / FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as wrong:
        raise BadPack(f"{FILE} cannot be read: {wrong}", value=FILE) from None
