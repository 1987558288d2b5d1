"""Programs that ask the API, for tests: a client with a token of its own."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any


def token(web: Any, role: str, area: str, *scopes: str, days: float = 30) -> str:
    """The text of a new token of a user with that post; without scopes: all that it may carry."""
    from django.db import transaction
    from django.utils import timezone

    from tangga.web.api import tokens
    from tangga.web.viewer import posts_in_force, viewer_of

    user = web.user(role, area)
    with transaction.atomic():
        viewer = viewer_of(user, posts_in_force(user.pk)[0])
        ends = timezone.now() + timedelta(days=days)
        carried = list(scopes) or tokens.allowed_scopes(viewer)
        return tokens.issue(by=viewer, name="uji", scopes=carried, expires_at=ends)[1]


class Program:
    """What asks with a token. get and post return Django's response."""

    def __init__(self, text: str) -> None:
        from django.test import Client

        headers = {"Authorization": f"Bearer {text}"} if text else {}
        self.client = Client(headers=headers, raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Any:
        """One reading."""
        return self.client.get(f"/api/v1/{path}", query)

    def post(self, path: str, body: Any, content_type: str = "application/json") -> Any:
        """One question with a body; text is sent as it stands."""
        sent = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(f"/api/v1/{path}", sent, content_type=content_type)

    def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every row of every page."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while cursor is not None:
            answer = self.get(path, **query, cursor=cursor)
            assert answer.status_code == 200, answer.content
            page = answer.json()
            found += page["items"]
            cursor = page["next"]
        return found


def program(web: Any, role: str, area: str, *scopes: str) -> Program:
    """A program with a token of that post."""
    return Program(token(web, role, area, *scopes))
