"""Writes the description of the API, as the service serves it; no database is asked.

python scripts/make_openapi.py           writes docs/reference/openapi.json
python scripts/make_openapi.py --check   exits 1 when the committed file is stale
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path

from made_pages import keep

FILE = Path(__file__).parent.parent / "docs" / "reference" / "openapi.json"


def text() -> str:
    """The description as JSON."""
    # The settings want their secrets; a description needs none of them.
    os.environ["TANGGA_SECRET_KEY"] = "x" * 50
    os.environ["TANGGA_FIELD_KEY"] = base64.b64encode(bytes(32)).decode()
    os.environ["DATABASE_URL"] = "postgresql://nobody@/none?host=/nowhere"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tangga.web.settings"
    import django

    django.setup()
    # Through the addresses, so that every operation is there.
    from tangga.web.api.urls import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(keep({FILE: text()}, __doc__))
