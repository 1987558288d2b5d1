"""Which programmes an area determines itself, and which only the case team sees: by the pack."""

from __future__ import annotations

import tomllib
from functools import cache

from django.conf import settings

from tangga.errors import BadPack
from tangga.registry.load import pack_dir
from tangga.rules.policy import Programme
from tangga.web.pack import pack
from tangga.web.policy.book import book
from tangga.web.today import today

FILE = "distribution/local.toml"


@cache
def local_determiners() -> frozenset[str]:
    """Codes of `determiner` that are an office of the area. BadPack for one that there is not."""
    path = pack_dir(settings.ENV.pack) / FILE
    try:
        found = frozenset(tomllib.loads(path.read_text(encoding="utf-8"))["determiners"])
    except (OSError, KeyError, tomllib.TOMLDecodeError) as wrong:
        raise BadPack(f"{FILE} cannot be read: {wrong}", value=FILE) from None
    unknown = [code for code in found if code not in pack().codes["determiner"]]
    if unknown:
        raise BadPack(f"{FILE} names {', '.join(unknown)}", value=FILE)
    return found


def is_local(programme: Programme) -> bool:
    """Whether a signed decision of the area opens support of it."""
    return programme.determined_by in local_determiners()


def is_open(programme: Programme) -> bool:
    """Whether others than the case team see who receives it."""
    hidden = book().policy.on(today()).settings["budget"].says["hidden_focus"]
    return programme.focus not in hidden
