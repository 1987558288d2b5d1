"""The templates' environment: texts, numbers and dates in the language of the request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

import jinja2
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from markupsafe import Markup

from tangga import texts
from tangga.texts import Language, number
from tangga.web.database.rows import one
from tangga.web.pack import area_name, code_label
from tangga.web.today import today
from tangga.web.viewer import Viewer

RELEASE = """
SELECT r.number, r.release, r.as_of
FROM public.register_current AS c JOIN public.register_releases AS r USING (number)
"""


def environment(**options: Any) -> jinja2.Environment:
    """Jinja2 with our filters; a name that is not there is an error, not an empty place."""
    options.update(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    options.setdefault("auto_reload", False)
    # Django asks for escaping (autoescape=True) among the options.
    made = jinja2.Environment(**options)  # nosec B701
    made.globals.update(
        static=_static, url=_url, area_name=area_name, paper_forms=_paper_forms, today=today
    )
    made.filters.update(
        whole=_whole, rupiah=_rupiah, day=_day, percent=_percent, moment=_moment, code=_code
    )
    return made


def _paper_forms(viewer: Any) -> list[Any]:
    """The kinds of paper that a viewer may fill in for a family."""
    from tangga.web.papers.by_hand import forms_for

    return forms_for(viewer) if viewer else []


MENU = (
    ("dashboard", "figures", "web.nav_dashboard"),
    ("tasks", "", "work.tasks"),
    ("search", "search", "web.nav_search"),
    ("counter", "counter", "web_counter.title"),
    ("visits", "visit", "web_visits.nav"),
    ("lists", "lists", "web.nav_lists"),
    ("uploads", "upload", "web.nav_uploads"),
    ("policy", "policy", "web.nav_policy"),
    ("releases", "figures", "web.nav_releases"),
    ("audit", "audit", "web.nav_audit"),
    ("accounts", "accounts", "web.nav_accounts"),
)
"""Each page of the menu: its URL's name, the verb that it needs ('': any role), its text."""


def context(request: HttpRequest) -> dict[str, Any]:
    """What every page knows."""
    viewer = getattr(request, "viewer", None)
    language = language_of(request)

    def say(key: str, **values: object) -> str:
        return texts.say(key, language, **values)

    return {
        "viewer": viewer,
        "lang": language,
        "say": say,
        "csrf": lambda: _csrf(request),
        # A page of a mistake leads back to the front: its own address is not repeated in it.
        "here": getattr(request, "here", request.path),
        "here_with_filters": getattr(request, "here", "") or _asked(request),
        "menu": list(_menu(viewer, request.path, say)) if viewer else [],
        "release": _release(request) if viewer and viewer.user else None,
        "messages": get_messages(request),
        "demo": settings.ENV.demo,
        "pretended_day": today() if settings.ENV.today else None,
    }


def _asked(request: HttpRequest) -> str:
    """What was asked, to be asked again: no address holds a name or a number of anybody."""
    return request.get_full_path() if request.method == "GET" else request.path


def _menu(viewer: Viewer, here: str, say: Callable[..., str]) -> Iterator[dict[str, Any]]:
    for name, verb, text in MENU:
        if viewer.may(verb) if verb else viewer.role is not None:
            url = _address(name)
            at = here == url or (url != "/" and here.startswith(url))
            yield {"url": url, "label": say(text), "here": at}


def _csrf(request: HttpRequest) -> Markup:
    """The field of a form; the same in all forms of a page, since each mask costs time."""
    made = getattr(request, "csrf_field", None)
    if made is None:
        made = request.csrf_field = _new_csrf(request)  # type: ignore[attr-defined]
    return made


def _new_csrf(request: HttpRequest) -> Markup:
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(
        get_token(request)
    )


def _release(request: HttpRequest) -> dict[str, Any] | None:
    """As the view has read it already, or read now."""
    return getattr(request, "release", None) or release_in_force()


def release_in_force() -> dict[str, Any] | None:
    """The release that this request is pinned to: its name and the day it speaks of."""
    return one(RELEASE)


def language_of(request: HttpRequest) -> Language:
    """What the viewer reads: what the cookie of the language says, else Indonesian."""
    return "en" if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) == "en" else "id"


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args, kwargs=kwargs) if args or kwargs else _address(name)


@cache
def _address(name: str) -> str:
    """Of a page of which there is one only."""
    return str(reverse(name))


@cache
def _static(path: str) -> str:
    return str(static(path))


@jinja2.pass_context
def _whole(context: jinja2.runtime.Context, value: int | None) -> str:
    """20000 as 20.000 or 20,000; nothing known is a dash."""
    return "–" if value is None else number(int(value), context["lang"])


@jinja2.pass_context
def _rupiah(context: jinja2.runtime.Context, value: int | None) -> str:
    return "–" if value is None else f"Rp{number(int(value), context['lang'])}"


@jinja2.pass_context
def _percent(context: jinja2.runtime.Context, value: float | None, digits: int = 1) -> str:
    if value is None:
        return "–"
    text = f"{value * 100:.{digits}f}"
    return f"{text.replace('.', ',') if context['lang'] == 'id' else text} %"


@jinja2.pass_context
def _day(context: jinja2.runtime.Context, value: date | str | None) -> str:
    if value is None or value == "":
        return "–"
    day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return texts.long_date(day, context["lang"])


@jinja2.pass_context
def _moment(context: jinja2.runtime.Context, value: datetime | None) -> str:
    if value is None:
        return "–"
    local = timezone.localtime(value)
    sign = "." if context["lang"] == "id" else ":"
    return f"{texts.long_date(local.date(), context['lang'])}, {local:%H}{sign}{local:%M}"


@jinja2.pass_context
def _code(context: jinja2.runtime.Context, value: str | None, codes: str) -> str:
    """A code of the pack in words."""
    return "–" if value is None else code_label(codes, value, context["lang"])
