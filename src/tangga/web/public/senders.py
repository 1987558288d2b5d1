"""How a one-time code reaches a telephone: whatever the office has for it.

`TANGGA_SENDER`: empty (no codes are sent, the counter answers), `screen` (the demo alone: the code
stands on the page) or `package.module:function` of the office's own, called with the telephone's
number and the text to send. What it raises is recorded, and the page says the same as always.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from tangga.errors import UserError

Sender = Callable[[str, str], None]
SCREEN = "screen"
LOG = logging.getLogger(__name__)


def chosen() -> str:
    """What is set; the demo without a setting shows codes on its pages."""
    said: str = settings.ENV.sender
    return said or (SCREEN if settings.ENV.demo else "")


def on_screen() -> bool:
    """Whether codes stand on the page itself: never outside of a demo."""
    return chosen() == SCREEN and settings.ENV.demo


def can_send() -> bool:
    """Whether there is any way to send."""
    return on_screen() or ":" in chosen()


def send(number: str, text: str) -> bool:
    """Send it; False where there is no way, or it failed (the log says which kind of error)."""
    if ":" not in chosen():
        return on_screen()
    try:
        sender_of(chosen())(number, text)
    except Exception as wrong:  # the office's own code: whatever it raises
        LOG.warning("a code could not be sent: %s", type(wrong).__name__)
        return False
    return True


def sender_of(named: str) -> Sender:
    """The function of `package.module:function`; UserError where there is none."""
    module, _, function = named.partition(":")
    try:
        found: Sender = import_string(f"{module}.{function}")
    except ImportError:
        raise UserError(
            "TANGGA_SENDER names no function", todo="Write it as package.module:function"
        ) from None
    return found
