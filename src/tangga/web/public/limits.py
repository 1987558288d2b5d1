"""How often somebody without login may ask: counted in the database, for all processes together.

Kept is a keyed hash of who or what is counted, for a day; nothing from which it could be read.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest

from tangga.web.database.prepared import value

TRY = "SELECT public.public_try(%s, %s)"
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Limit:
    """At most so many in a window of seconds."""

    name: str
    most: int
    seconds: int

    def passed(self, who: str) -> bool:
        """Counts one more; whether that is too many."""
        key = hmac.new(
            settings.SECRET_KEY.encode(), f"{self.name}:{who}".encode(), hashlib.sha256
        ).digest()[:16]
        return int(value(TRY, [key, self.seconds])) > self.most

    @property
    def minutes(self) -> int:
        """How long to wait at most."""
        return -(-self.seconds // MINUTE)


ADDRESS = Limit("address", 30, 10 * MINUTE)
"""Checks from one connection: a village office may serve a queue from one."""

MINE = Limit("number from address", 6, HOUR)
"""Checks of one national number, known or not, from one connection."""

NUMBER = Limit("number", 60, HOUR)
"""Checks of one national number, known or not, from anywhere: so many that who wants to keep a
neighbour out of their own answer needs ten connections, and so few that nobody finds a name."""

SENT = Limit("sent", 3, HOUR)
"""Codes to one person."""

TICKETS = Limit("ticket", 30, 10 * MINUTE)
"""Looks at tickets from one connection."""

MY_TICKET = Limit("one ticket from address", 10, HOUR)
"""Looks at one ticket from one connection."""

TICKET = Limit("one ticket", 60, HOUR)
"""Looks at one ticket from anywhere: a million digits would take two years."""


def asks_too_often(request: HttpRequest, number: str) -> Limit | None:
    """The limit that is passed by one check more; None: go on. All are counted alike."""
    return _first_passed(address_of(request), number, (ADDRESS, MINE, NUMBER))


def looks_too_often(request: HttpRequest, ticket: str) -> Limit | None:
    """The same for a look at a ticket, whether there is one or not."""
    return _first_passed(address_of(request), ticket, (TICKETS, MY_TICKET, TICKET))


def _first_passed(address: str, of: str, limits: tuple[Limit, Limit, Limit]) -> Limit | None:
    """Who asks is counted first, then this asker of this, then this. A try that is refused counts
    no further: one connection alone keeps nobody else out."""
    counted = zip(limits, (address, f"{address} {of}", of), strict=True)
    return next((limit for limit, key in counted if limit.passed(key)), None)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as the service in front of us says it where there is one."""
    return str(get_adapter(request).get_client_ip(request))
