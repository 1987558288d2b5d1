"""Django's sessions in the database, read by a statement that is planned once a connection."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from tangga.web.database.prepared import value

SESSION = """
SELECT session_data FROM public.django_session WHERE session_key = %s AND expire_date > %s
"""


class SessionStore(db.SessionStore):
    """The name is Django's too: it goes into the signature of what a session holds."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, where there is none or it is over."""
        found = value(SESSION, [self.session_key, timezone.now()])
        if found is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(found)
        return held
