"""A file of a pack that is read as it stands, with no declaration of what it may hold."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tangga.errors import BadPack
from tangga.registry.toml_limits import parse_toml


@contextmanager
def pack_toml(file: Path) -> Iterator[dict[str, Any]]:
    """What the file says, while something is made of it.

    BadPack for what is no TOML, and where a key holds another kind of thing than whoever reads it
    expects: a text for a table, a list for a number.
    """
    try:
        data = parse_toml(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise BadPack(
            f"not readable as UTF-8: {error}", file=file, todo="Save it as UTF-8"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise BadPack(f"not valid TOML: {error}", file=file) from None
    try:
        yield data
    except (AttributeError, TypeError, ValueError, LookupError, OverflowError):
        todo = "Set it beside the same file of the shipped pack"
        raise BadPack(
            "a key holds another kind of thing than it can", file=file, todo=todo
        ) from None
