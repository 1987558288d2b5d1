"""Each night: entries in the queue past the cap, and reviews after a shock."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from tangga.web.journeys.climb import clock


@app.periodic(cron="22 3 * * *")
@app.task(name="climb.notice", queue="intake", queueing_lock="climb_notice")
def notice(timestamp: int) -> None:
    """Open what the ladder asks for."""
    try:
        clock.queue()
        clock.reviews()
    finally:
        connection.close()
