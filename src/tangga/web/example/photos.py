"""A small picture that stands for a photo taken at a home."""

from __future__ import annotations

import io
from typing import Any

SIZE = (480, 320)


def photo(name: str = "rumah.jpg") -> Any:
    """A house under a sky, drawn; as a form brings it."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", SIZE, "#cfe3ee")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 240, 480, 320), fill="#7f9a5b")
    draw.rectangle((120, 140, 360, 260), fill="#c9a67b")
    draw.polygon(((100, 140), (240, 60), (380, 140)), fill="#8c4a32")
    draw.rectangle((215, 190, 265, 260), fill="#5d4030")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")
