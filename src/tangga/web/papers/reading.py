"""Which papers a viewer may read, and one of them opened."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404

from tangga.errors import UserError
from tangga.web.papers.content import Content
from tangga.web.papers.kinds import Kind, kinds
from tangga.web.papers.models import Paper
from tangga.web.viewer import Viewer


class Altered(UserError):
    """A paper whose content is not what its digest proves."""


@dataclass(frozen=True)
class Read:
    """A paper with what it says. kind: None where the pack has it no more."""

    paper: Paper
    content: Content
    kind: Kind | None


def may_read(viewer: Viewer, paper: Paper) -> bool:
    """By what it holds, and by a verb: to issue papers, to issue this kind, or to inspect."""
    if not viewer.has_one_of("papers", "audit", *_verbs(paper.kind)):
        return False
    return all(viewer.sight(one) == "full" for one in paper.sees.split())


def readable(viewer: Viewer) -> Iterator[str]:
    """Kinds of the pack of which the viewer may read a paper at all."""
    for code, kind in kinds().items():
        said = any(viewer.may(verb) for verb in ("papers", "audit", *kind.verbs))
        if said and viewer.sight(kind.sees) == "full":
            yield code


def opened(viewer: Viewer, number: uuid.UUID) -> Read:
    """The paper of that id; Http404 where there is none for this viewer. Altered where its content
    does not hold."""
    paper = Paper.objects.filter(pk=number).first()
    if paper is None or not may_read(viewer, paper):
        raise Http404("no such paper")
    content = Content.opened(paper.content)
    if content.digest != paper.digest:
        raise Altered("the content of a paper does not match its digest", value=paper.number)
    return Read(paper, content, kinds().get(paper.kind))


def _verbs(kind: str) -> tuple[str, ...]:
    known = kinds().get(kind)
    return known.verbs if known is not None else ()
