"""Reads one text as an area code of a stated system."""

from __future__ import annotations

from dataclasses import dataclass

from tangga.engine.standardise.reading import NOTHING, Reading, is_missing
from tangga.registry.areas import Areas, plain

SPLIT = "."


@dataclass(frozen=True)
class AreaReader:
    """Reads the codes of one column.

    widths: digits of each level of the system, () where not known. split: the text was put
    together from one column a level, so that a short part lacks zeros in front.
    """

    areas: Areas
    system: str
    widths: tuple[int, ...] = ()
    split: bool = False

    def read(self, text: str) -> Reading:
        """The own code; `unknown_area` where no table explains it."""
        code = self.code(text)
        if not code:
            return NOTHING if code == "" else Reading(problem="unknown_area")
        own = self.areas.translate(code, system=self.system)
        return Reading(own) if own else Reading(problem="unknown_area")

    def code(self, text: str) -> str | None:
        """The digits of a text: '' for nothing, None where they cannot be put together."""
        if self.split:
            return self._joined([_digits(part) for part in text.split(SPLIT)])
        bare = _digits(text)
        return "" if is_missing(bare) else bare

    def _joined(self, parts: list[str]) -> str | None:
        """The parts padded to their widths; a gap before the last part is no code."""
        while parts and not parts[-1].strip("0"):
            parts.pop()
        if not all(parts):
            return None
        widths = self.widths or tuple(map(len, parts))
        if len(parts) > len(widths):
            return None
        code = ""
        for part, width in zip(parts, widths, strict=False):
            # A part may repeat the code of the area above: 18, 1811, 181101, 1811012001.
            own = part.removeprefix(code) if len(part) == len(code) + width else part
            if len(own) > width:
                return None
            code += own.zfill(width)
        return code


def _digits(text: str) -> str:
    bare = plain(text.strip().lstrip("'\u2019`"))
    return "" if is_missing(bare) else bare
