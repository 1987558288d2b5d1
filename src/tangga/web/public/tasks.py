"""Sending a code: after the answer, so that nobody waits for a telephone network."""

from __future__ import annotations

import base64
import json

from django.db import connection
from procrastinate.contrib.django import app

from tangga.web import secrets
from tangga.web.public import senders


@app.task(name="public.send", queue="intake")
def send(sealed: str) -> None:
    """Number and text lie sealed in the queue."""
    try:
        number, text = json.loads(secrets.unseal(base64.b64decode(sealed)))
        senders.send(number, text)
    finally:
        connection.close()


def put(number: str, text: str) -> None:
    """Into the queue, where there is anything to send with."""
    if senders.on_screen() or not senders.can_send():
        return
    send.defer(sealed=base64.b64encode(secrets.seal(json.dumps([number, text]))).decode())
