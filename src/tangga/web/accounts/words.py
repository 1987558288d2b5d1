"""Words of the office that count for nothing in a password: who knows where one works tries those.

What follows from the pack is not written down twice; the rest is `access/passwords.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from tangga.registry.load import pack_dir
from tangga.texts import Language, say
from tangga.web.access import access
from tangga.web.pack import areas, pack
from tangga.web.viewer import posts_in_force

FILE = "access/passwords.toml"
LEFT = 8
"""Letters and digits that must remain without such words."""

SHORTEST = 3
WIDE = ("province", "regency")
"""Levels whose names are known to all; of smaller places only the account's own count."""

INSTEAD = str.maketrans("013457@$", "oieastas")


class WordsOfTheOffice:
    """Refuses a password that is little more than words of the office."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError where fewer than LEFT letters and digits remain without the words."""
        own = [] if user is None or user.pk is None else _own(user)
        words = sorted({*_of_the_pack(), *_plain(own)}, key=len, reverse=True)
        asked = password.casefold().translate(INSTEAD)
        found = re.compile("|".join(map(re.escape, words)))
        left, many = found.subn("", "".join(filter(str.isalnum, asked)))
        if many and len(left) < LEFT:
            raise ValidationError(self.get_help_text(), code="password_words")

    def get_help_text(self) -> str:
        """The rule in words."""
        language: Language = "en" if get_language() == "en" else "id"
        return say("accounts.password_words", language, left=LEFT)


@cache
def _of_the_pack() -> frozenset[str]:
    """Words that count for nothing in anybody's password, as they are compared."""
    return frozenset(_plain(_named()))


def _named() -> Iterator[str]:
    for role in access().roles.values():
        yield from (role.code, role.label("id"), role.label("en"))
    programmes = pack().codes.get("programme")
    for code, said in programmes.codes.items() if programmes else ():
        yield from (code, *said.labels.values())
    yield from (area.name for area in areas().by_code.values() if area.level in WIDE)
    file = pack_dir(settings.ENV.pack) / FILE
    if file.is_file():
        yield from tomllib.loads(file.read_text(encoding="utf-8"))["words"]


def _own(user: Any) -> Iterator[str]:
    """The places of somebody's posts with all above them, and what they are called."""
    yield from (user.username, user.name)
    for post in posts_in_force(user.pk):
        yield from (area.name for area in areas().path(post.area))


def _plain(names: Iterable[str]) -> Iterator[str]:
    """As they are compared: letters and digits alone, without what is in brackets and without the
    kind of a place before its name."""
    for name in names:
        whole = re.sub(r"\(.*?\)", "", name.casefold())
        for one in (whole, re.sub(r"^(kabupaten|kota)( administrasi)? ", "", whole)):
            plain = "".join(filter(str.isalnum, one.translate(INSTEAD)))
            if len(plain) >= SHORTEST:
                yield plain
