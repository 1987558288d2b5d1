"""What a camera wrote into a photo: the day and the place. Read before the photo is drawn anew.

The photo that is kept has none of it. The two that prove something become fields of their own,
which who brings the photo sees, and could have written otherwise.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from PIL import Image

from tangga.web.work.cleaning import PICTURES

CAMERA, TAKEN = 0x8769, 0x9003
GPS, LATITUDE, LONGITUDE = 0x8825, (1, 2), (3, 4)
FIRST = date(2000, 1, 1)
"""A camera whose clock was never set says something earlier."""
MISREAD = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, ZeroDivisionError)


@dataclass(frozen=True)
class Said:
    """day: on which it was taken; place: "latitude, longitude". None and '': it does not say."""

    day: date | None = None
    place: str = ""


def said(content: bytes, today: date) -> Said:
    """What a photo says of itself; nothing of what cannot be: a day to come, no place on earth."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=PICTURES) as opened:
                exif = opened.getexif()
                return Said(_day(exif.get_ifd(CAMERA), today), _place(exif.get_ifd(GPS)))
    except (*MISREAD, Image.DecompressionBombError, MemoryError):
        return Said()


def _day(camera: Mapping[int, Any], today: date) -> date | None:
    text = str(camera.get(TAKEN, ""))[:10]
    try:
        day = datetime.strptime(text, "%Y:%m:%d").date()
    except ValueError:
        return None
    return day if FIRST <= day <= today else None


def _place(gps: Mapping[int, Any]) -> str:
    found = [_degrees(gps, *keys) for keys in (LATITUDE, LONGITUDE)]
    latitude, longitude = found
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        return ""
    if abs(latitude) > 90 or abs(longitude) > 180:
        return ""
    return f"{latitude:.5f}, {longitude:.5f}"


def _degrees(gps: Mapping[int, Any], sign: int, value: int) -> float | None:
    """Degrees, minutes and seconds as one number; to the south and west it is below zero."""
    parts = gps.get(value)
    if not parts or len(parts) != 3:
        return None
    degrees, minutes, seconds = (float(one) for one in parts)
    found = degrees + minutes / 60 + seconds / 3600
    if found != found:  # no number at all
        return None
    return -found if str(gps.get(sign, "")).upper() in ("S", "W") else found
