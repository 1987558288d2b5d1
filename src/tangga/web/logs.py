"""What the service writes to its log: never a query string, a posted value, a name or a number."""

from __future__ import annotations

import logging
import re
from types import TracebackType

LONG_NUMBER = re.compile(r"\d{11,}")
QUERY = re.compile(r"\?\S*")
EXCEPTION = tuple[type[BaseException], BaseException, TracebackType | None]


class Formatter(logging.Formatter):
    """Lines without anything that a person typed; an error as its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """One record; numbers as long as a NIK and query strings are cut out of it."""
        return QUERY.sub("?…", LONG_NUMBER.sub("…", super().format(record)))

    def formatException(self, ei: object) -> str:
        """Kind and place of each step. Not the message: a database puts rows into its own."""
        kind, value, trace = ei  # type: ignore[misc]
        lines = []
        while trace is not None:
            code = trace.tb_frame.f_code
            lines.append(f"  {code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        state = getattr(value.__cause__ or value, "sqlstate", None)
        return "\n".join([*lines, f"{kind.__name__}{f' {state}' if state else ''}"])
