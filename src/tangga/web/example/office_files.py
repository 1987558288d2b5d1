"""A list as a village sends it, brought in and not matched yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tangga.web.example.cast import Cast
from tangga.web.example.words import words
from tangga.web.intake import actions
from tangga.web.intake.storage import ToOurFolder

VILLAGE = "operator_desa"


def upload(cast: Cast) -> None:
    """Its columns have names that nobody ships a layout for."""
    said = words()["upload"]
    rows = [said["heading"], *said["rows"]]
    text = "\n".join(";".join(one.replace("{village}", cast.near) for one in row) for row in rows)
    content = text.encode()
    handler = ToOurFolder()
    handler.new_file("berkas", said["name"], "text/csv", len(content), None)
    handler.receive_data_chunk(content, 0)
    with cast.acting(VILLAGE, 1) as by:
        actions.receive([handler.file_complete(len(content))], by=by)


PARTS: Mapping[str, Callable[[Cast], None]] = {"upload": upload}
