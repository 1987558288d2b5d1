"""How files of forms come in: to a temporary file that only we read, and never without an end."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

MOST_BYTES = 64 * 1024 * 1024
"""Of all files of one request; pages that take more have a handler of their own."""


class Bounded(TemporaryFileUploadHandler):
    """Django's own, which would write until the disk is full."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece; RequestDataTooBig (413) where it is too much."""
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            self.upload_interrupted()
            raise RequestDataTooBig("files of one request")
        super().receive_data_chunk(raw_data, start)
