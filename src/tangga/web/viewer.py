"""Who asks: the user, the post they act in, and so the area and the columns they may see."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import urlencode

from tangga.registry.privacy import Sight
from tangga.texts import Language
from tangga.web.access import Role, access
from tangga.web.database import prepared
from tangga.web.database.scope import FIRST, LAST, Scope, open_to

View = Callable[..., HttpResponse]

ANYONE = "(anyone)"
"""Mark of a view that answers who has not logged in."""
OR = "|"
"""Between verbs of which one is enough, in what a view says it needs."""

ACCOUNT = "(account)"
"""Mark of a view for everybody who has logged in, whatever their post."""

# The policy of posts reads app.user: OFFSET 0 keeps the posts behind what sets it.
POSTS = """
WITH asker AS MATERIALIZED (SELECT set_config('app.user', %(user)s, true)::bigint AS id)
SELECT p.id, p.role, p.area, p.worker, p.valid_from, p.valid_to
FROM asker CROSS JOIN LATERAL (
    SELECT * FROM public.accounts_post AS one
    WHERE one.user_id = asker.id AND one.valid_from <= %(day)s
        AND (one.valid_to IS NULL OR one.valid_to > %(day)s)
    OFFSET 0
) AS p ORDER BY p.id
"""
ACT_AS = "SELECT set_config('app.user', %s, true)"
OPEN_ACCOUNTS = """
SELECT set_config('app.accounts_from', %s, true), set_config('app.accounts_to', %s, true)
"""


@dataclass(frozen=True)
class ActivePost:
    """A post in force today: a role in an area ('' the nation)."""

    id: int
    role: Role
    area: str
    worker: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Viewer:
    """The person behind a request. area: code, '' the nation, None: no area (nobody, or an
    administrator of accounts). role: None for nobody, and for who has not chosen a post yet.
    request: the number of the request, by which the trail and the log tell it."""

    user: Any = None
    post: ActivePost | None = None
    role: Role | None = None
    area: str | None = None
    language: Language = "id"
    worker: str = ""
    request: str = field(default_factory=lambda: uuid.uuid4().hex)

    def may(self, verb: str) -> bool:
        """Whether the role has this verb, and the area is wide enough for it."""
        if self.role is None or verb not in self.role.verbs:
            return False
        return not access().verbs[verb].whole or self.holds_everything

    def may_one_of(self, *verbs: str) -> bool:
        """Whether the role has at least one of these verbs."""
        return any(self.may(verb) for verb in verbs)

    def has_one_of(self, *verbs: str) -> bool:
        """As `may_one_of`; verbs that somebody delegated to the viewer count as well."""
        from tangga.web.work.delegations import of_mine

        if self.role is None or self.may_one_of(*verbs):
            return self.role is not None
        return any(one.verb in verbs for one in of_mine(self))

    def require(self, verb: str) -> None:
        """PermissionDenied unless the viewer may do this."""
        if not self.may(verb):
            raise PermissionDenied(verb)

    def sight(self, privacy: str) -> Sight:
        """How a column of this privacy class is shown to the viewer."""
        return "hidden" if self.role is None else self.role.sight(privacy)

    def limit(self, name: str) -> int:
        """How much of something the role may have; 0: nothing."""
        return 0 if self.role is None else self.role.limits.get(name, 0)

    def covers(self, area: str) -> bool:
        """Whether an area is the viewer's own, or inside it."""
        return self.area is not None and area.startswith(self.area)

    @property
    def cases_only(self) -> bool:
        """Whether of the area only families with a case or an assessment exist for the viewer."""
        return self.role is not None and self.role.cases_only

    @property
    def holds_everything(self) -> bool:
        """Whether the post's area holds the whole register of this service."""
        return self.post is not None and settings.ENV.root_area.startswith(self.post.area)


NOBODY = Viewer()


def posts_in_force(user_id: int) -> list[ActivePost]:
    """The posts of a user today; those of a role that the pack no longer has are left out.

    From here on the transaction knows the user (app.user).
    """
    found = prepared.table(POSTS, {"user": str(user_id), "day": timezone.localdate()})
    roles = access().roles
    return [
        ActivePost(number, roles[role], *rest)
        for number, role, *rest in found
        if role in roles and roles[role].may_hold(rest[0])
    ]


def viewer_of(user: Any, post: ActivePost | None, *, like: Viewer = NOBODY) -> Viewer:
    """A viewer in a post; `like`: where language and number of the request come from."""
    if post is None:
        return replace(like, user=user)
    role = post.role
    area = post.area if role.about_families or role.verbs & {"figures", "audit"} else None
    return replace(like, user=user, post=post, role=role, area=area, worker=post.worker)


def open_for(viewer: Viewer) -> None:
    """Let this transaction see what the viewer may: rows of the area, cases for the case team."""
    if viewer.role is None:
        return
    open_to(
        Scope(
            viewer.area,
            case=viewer.may("case"),
            user=viewer.user.pk,
            objectors=viewer.may("objectors"),
        )
    )
    if viewer.may("accounts") and viewer.post is not None:
        open_accounts("" if viewer.holds_everything else viewer.post.area)


def act_as(user_id: int | None) -> None:
    """This transaction knows the user, and so their own rows; None: nobody again."""
    prepared.row(ACT_AS, ["" if user_id is None else str(user_id)])


def open_accounts(area: str) -> None:
    """Let this transaction see and give the posts of an area; '' is the nation."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_ACCOUNTS, [area or FIRST, area + LAST])


def needs(*verbs: str, fresh: bool = False, delegated: bool = False) -> Callable[[View], View]:
    """Only for viewers with one of these verbs; anybody else gets 403, and that is recorded.

    fresh: the viewer must have confirmed the password or a code within the last minutes.
    delegated: a verb that somebody gave the viewer in writing counts as well.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            viewer: Viewer = request.viewer  # type: ignore[attr-defined]
            if not (viewer.has_one_of(*verbs) if delegated else viewer.may_one_of(*verbs)):
                _refused(request, viewer, verbs[0])
            if fresh and (confirm := must_confirm(request)) is not None:
                return confirm
            return view(request, *args, **kwargs)

        checked.needed = OR.join(verbs)  # type: ignore[attr-defined]
        return checked

    return decorate


def for_anyone(view: View) -> View:
    """Answers also who has not logged in; without this or `needs`, a view answers nobody."""
    view.needed = ANYONE  # type: ignore[attr-defined]
    return view


def for_account(view: View) -> View:
    """Answers whoever has logged in, before any post is chosen."""
    view.needed = ACCOUNT  # type: ignore[attr-defined]
    return view


def _refused(request: HttpRequest, viewer: Viewer, verb: str) -> None:
    from tangga.web.audit.actions import record

    match = request.resolver_match
    record("refused", by=viewer, about={"verb": verb, "page": match.view_name if match else ""})
    raise PermissionDenied(verb)


def must_confirm(request: HttpRequest) -> HttpResponse | None:
    """Where to confirm who one is; None where that was done within the last minutes.

    What was posted is not kept meanwhile: it would lie in the session.
    """
    from allauth.account.adapter import get_adapter
    from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate

    if did_recently_reauthenticate(request):
        return None
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    return HttpResponseRedirect(f"{ways[0]['url']}?{urlencode({'next': request.path})}")
