"""What the server calls."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tangga.web.settings")
application = get_wsgi_application()

# Django is set up from here on.
from tangga.web.warm import warm  # noqa: E402

warm()
