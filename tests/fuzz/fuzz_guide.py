"""Which lines of a reader an input runs: one that runs a new line becomes a parent of others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import CodeType, FrameType
from typing import Any

Trace = Callable[[FrameType, str, Any], Any]


class Guide:
    """Watches the lines of source files whose path holds one of the parts.

    A function whose every line was seen is watched no longer, so that hot ones cost nothing.
    """

    def __init__(self, parts: Sequence[str]) -> None:
        self.parts = tuple(parts)
        self.left: dict[CodeType, set[int]] = {}
        self.lines = 0
        self.fresh = 0

    def __enter__(self) -> Guide:
        self.fresh = 0
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)
        self.lines += self.fresh

    def _call(self, frame: FrameType, event: str, arg: Any) -> Trace | None:
        code = frame.f_code
        left = self.left.get(code)
        if left is None:
            ours = any(part in code.co_filename for part in self.parts)
            left = {line for _, _, line in code.co_lines() if line} if ours else set()
            self.left[code] = left
        if not left:
            return None
        self._seen(left, frame.f_lineno)
        return self._line

    def _line(self, frame: FrameType, event: str, arg: Any) -> Trace | None:
        left = self.left[frame.f_code]
        self._seen(left, frame.f_lineno)
        return self._line if left else None

    def _seen(self, left: set[int], line: int) -> None:
        if line in left:
            left.discard(line)
            self.fresh += 1
