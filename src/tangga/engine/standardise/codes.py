"""Reads one text as a code of the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tangga.engine.standardise.reading import NOTHING, Reading, is_missing


class CodeReader:
    """Reads codes by the descriptor's list first, then as codes that are already ours."""

    def __init__(self, own: Iterable[str], stated: Mapping[str, str] | None) -> None:
        self.known = {code.casefold(): code for code in own}
        self.known |= {_key(text): code for text, code in (stated or {}).items()}

    def read(self, text: str) -> Reading:
        """The code; `unknown_code` where no list has it."""
        word = _key(text)
        found = self.known.get(word) or self.known.get(_number(word))
        if found is not None:
            return Reading(found)
        return NOTHING if is_missing(word) else Reading(problem="unknown_code")


def _key(text: str) -> str:
    return " ".join(text.split()).lstrip("'").casefold()


def _number(word: str) -> str:
    """A number as a spreadsheet or a form may vary it: 1.0 and 01 are 1."""
    bare = word.removesuffix(".0")
    return str(int(bare)) if bare.isascii() and bare.isdecimal() else word
