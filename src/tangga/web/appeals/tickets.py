"""Tickets: a number and six digits beside it, by which who lodged something follows it.

The digits are derived from the item and kept nowhere: an officer prints them again for who comes
back, and nobody can look tickets up by trying numbers alone.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from tangga.web.work.models import Item

DIGITS = 6


def digits_of(item: Item) -> str:
    """The digits that stand on the receipt of an item."""
    key = settings.SECRET_KEY.encode()
    found = hmac.new(key, f"ticket:{item.pk}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(found[:8]) % 10**DIGITS:0{DIGITS}}"


def fits(item: Item, digits: str) -> bool:
    """Whether these are the digits of an item."""
    given = "".join(digits.split()).encode(errors="replace")
    return hmac.compare_digest(digits_of(item).encode(), given)
