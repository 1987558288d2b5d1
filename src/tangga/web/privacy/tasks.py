"""What the worker does by the clock."""

from __future__ import annotations

import contextlib

from django.db import connection
from procrastinate.contrib.django import app

from tangga.web.privacy.retain import Busy, retain


@app.periodic(cron="17 2 * * *")
@app.task(name="privacy.retain", queue="intake", queueing_lock="privacy_retain")
def remove_what_is_past(timestamp: int) -> None:
    """Each night: what is past its time goes."""
    try:
        with contextlib.suppress(Busy):
            retain(dry=False)
    finally:
        connection.close()
