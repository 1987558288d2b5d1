"""Who may come in: whoever has a part in proposals, by their role or by a delegation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from tangga.web.viewer import View, Viewer, needs

VERBS = ("propose", "endorse", "verify", "recommend", "sign", "send_up")
READERS = ("audit",)


def holds(viewer: Viewer, *verbs: str) -> bool:
    """Whether the viewer has one of these verbs, themselves or delegated."""
    return viewer.has_one_of(*verbs)


def for_whom(*verbs: str) -> Callable[[View], View]:
    """Only for viewers who have one of these verbs, and who see a register; 403 for others."""

    def decorate(view: View) -> View:
        @needs(*verbs, delegated=True)
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.release is None:  # type: ignore[attr-defined]
                raise Http404
            return view(request, *args, **kwargs)

        return checked

    return decorate
