"""Django's sessions in the database, where a request finds one by its key alone (own_rows.sql)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.utils import timezone

from tangga.web.database.prepared import value

READ = "SELECT public.session_read(%s, %s)"
MAKE = "SELECT public.session_make(%s, %s, %s)"
CHANGE = "SELECT public.session_change(%s, %s, %s)"
NOTE = "SELECT public.session_note(%s, %s, %s, %s)"
END = "SELECT public.session_end(%s)"
EVER = datetime(1, 1, 1, tzinfo=UTC)


class SessionStore(db.SessionStore):
    """The name is Django's too: it goes into the signature of what a session holds."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, where there is none or it is over."""
        found = value(READ, [self.session_key, timezone.now()])
        if found is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(found)
        return held

    def exists(self, session_key: str) -> bool:
        """Whether there is one of this key, over or not."""
        return value(READ, [session_key, EVER]) is not None

    def save(self, must_create: bool = False) -> None:
        """Write it down; CreateError where the key is taken, UpdateError where it has ended."""
        if self.session_key is None:
            return self.create()
        held = self.encode(self._get_session(no_load=must_create))
        key = self._get_or_create_session_key()
        if not value(MAKE if must_create else CHANGE, [key, held, self.get_expiry_date()]):
            raise CreateError if must_create else UpdateError
        self._note(key)
        return None

    def _note(self, key: str) -> None:
        """What its owner may see of it, once somebody is logged in."""
        held = self._get_session(no_load=True)
        if SESSION_KEY in held and "seen" in held:
            times = [datetime.fromtimestamp(held[name], UTC) for name in ("began", "seen")]
            value(NOTE, [key, *times, held.get("device", "")])

    def delete(self, session_key: str | None = None) -> None:
        """End it; one that has ended already stays ended."""
        key = session_key or self.session_key
        if key is not None:
            value(END, [key])
