"""The country pack as the service knows it: read once a process."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from tangga.registry.areas import Areas
from tangga.registry.model import Pack
from tangga.texts import Language, say

NATION = ""


@cache
def pack() -> Pack:
    """The pack that the service was set to."""
    from tangga.registry.load import load_pack

    return load_pack(settings.ENV.pack)


@cache
def areas() -> Areas:
    """All areas of the pack."""
    from tangga.registry.areas import load_areas

    return load_areas(pack().dir)


def area_name(code: str | None, language: Language = "id") -> str:
    """An area by name; '' is the nation, and a code that nobody knows is itself."""
    if not code:
        return say("web.nation", language)
    return areas().name(code) or code


def code_label(codes: str, code: str, language: Language) -> str:
    """A code of a list of the pack in words; the code itself where the list lacks it."""
    listed = pack().codes.get(codes)
    return listed.label(code, language) if listed and code in listed else code
