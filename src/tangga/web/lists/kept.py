"""What was read of a release, kept for whoever sees the same of it: its rows do not change."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from tangga.web.lists.release import Held
from tangga.web.viewer import Viewer

T = TypeVar("T")


class Kept(Generic[T]):
    """most: answers that are kept; with one more, all are forgotten."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.answers: dict[tuple[Hashable, ...], T] = {}

    def of(self, viewer: Viewer, release: Held, asked: Hashable, read: Callable[[], T]) -> T:
        """What was read before for the same question, or is read now."""
        sees = (viewer.role and viewer.role.code, viewer.area, viewer.may("case"))
        own = (release.number, release.name, *sees, asked)
        if own not in self.answers:
            if len(self.answers) >= self.most:
                self.forget()
            self.answers[own] = read()
        return self.answers[own]

    def forget(self) -> None:
        """For whoever goes on with another database, where releases are numbered anew."""
        self.answers.clear()
