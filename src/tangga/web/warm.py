"""Reads once, while starting, what every process would else read while its first visitors wait."""

from __future__ import annotations

import gc
import logging

from django.template import engines
from django.urls import get_resolver

from tangga import texts
from tangga.web.access import access
from tangga.web.lists.definitions import definitions
from tangga.web.pack import areas, pack
from tangga.web.policy.book import book


def warm() -> None:
    """Texts, pack, areas, rules, lists, addresses and templates; nothing of the database.

    What is wrong with one of them is told by the page that needs it, as without this.
    """
    for read in (texts.catalogue, pack, areas, access, definitions, book, _addresses, _templates):
        try:
            read()
        except Exception:
            logging.getLogger(__name__).exception("not read while starting: %s", read.__name__)
    # What was made until here lives as long as the process: the collector need not look at it again
    # and again, which is a tenth of a page's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _addresses() -> None:
    _ = get_resolver().url_patterns


def _templates() -> None:
    environment = engines["jinja2"].env
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)
