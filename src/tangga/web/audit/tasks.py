"""The job that seals the trail each minute."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from tangga.web.audit.kept import keep
from tangga.web.audit.seal import seal_now


@app.periodic(cron="* * * * *")
@app.task(name="seal_audit", queueing_lock="seal_audit", pass_context=False)
def seal_audit(timestamp: int) -> None:
    """Seal what came since the last minute; once an hour the seal is kept beside the database."""
    seal = seal_now()
    if seal is not None:
        keep(seal, settings.ENV.var)
