"""By which verbs the pages of objections, requests and reports are opened."""

from __future__ import annotations

WORKERS = ("appeals_take", "appeals_check", "appeals_decide")
READERS = (*WORKERS, "endorse", "counter")
