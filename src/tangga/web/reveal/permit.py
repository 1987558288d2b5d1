"""The permit to show or export numbers in full: asked for, recorded, printed on what is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tangga import texts
from tangga.web.access import access
from tangga.web.audit.actions import record
from tangga.web.database.rows import value
from tangga.web.pack import area_name
from tangga.web.viewer import Viewer

SHORTEST_REASON = 15
LONGEST_REASON = 300
NUMBER = re.compile(r"\d(?:[ .-]?\d){7,}")
"""So many digits are a number of somebody, and do not belong into a reason."""

REVEALED_TODAY = """
SELECT count(*) FROM public.audit_events
WHERE by_user = %s AND what = 'revealed' AND at >= %s
"""


class TooMany(PermissionDenied):
    """The role has shown as many numbers today as it may."""


@dataclass(frozen=True)
class Permit:
    """What was granted. watermark: who, in which post, when, for what; on every page and sheet."""

    purpose: str
    reason: str
    at: datetime
    watermark: str


class PermitForm(forms.Form):
    """Purpose and reason; language: of the viewer."""

    purpose = forms.ChoiceField()
    reason = forms.CharField(
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, language: texts.Language = "id", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        purposes = access().purposes
        self.fields["purpose"].choices = [(c, said[language]) for c, said in purposes.items()]
        for name, field in self.fields.items():
            field.label = texts.say(f"access.{name}", language)
        self.fields["reason"].help_text = texts.say("access.reason_help", language)

    def clean_reason(self) -> str:
        """Words: a reason made of one sign, or with somebody's number in it, is none."""
        reason = " ".join(self.cleaned_data["reason"].split())
        if len(set(reason)) < SHORTEST_REASON // 3 or len(reason) < SHORTEST_REASON:
            raise forms.ValidationError(texts.say("access.reason_empty", self.language))
        if NUMBER.search(reason):
            raise forms.ValidationError(texts.say("access.reason_number", self.language))
        return reason


def permit(
    viewer: Viewer,
    *,
    purpose: str,
    reason: str,
    what: str,
    family_id: str | None = None,
    person_id: str | None = None,
    area: str | None = None,
    about: dict[str, Any] | None = None,
) -> Permit:
    """Grants, and records. what: `revealed` for one number, `exported_whole` for a file.

    PermissionDenied without the verb `reveal`; TooMany beyond the role's limit of a day;
    ValueError for a purpose that is none or a reason that PermitForm would refuse.
    """
    viewer.require("reveal")
    form = PermitForm({"purpose": purpose, "reason": reason})
    if not form.is_valid():
        raise ValueError("a purpose of the list and a reason in words are needed")
    if what == "revealed" and revealed_today(viewer) >= viewer.limit("reveals_a_day"):
        record("reveal_limit", by=viewer, area=area)
        raise TooMany("reveals_a_day")
    said = form.cleaned_data["reason"]
    record(
        what,
        by=viewer,
        family_id=family_id,
        person_id=person_id,
        area=area,
        reason=said,
        about={"purpose": purpose, **(about or {})},
    )
    now = timezone.localtime()
    return Permit(purpose, said, now, _watermark(viewer, purpose, now))


def revealed_today(viewer: Viewer) -> int:
    """How many numbers the viewer has had shown since midnight."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return int(value(REVEALED_TODAY, [viewer.user.pk, midnight]))


def _watermark(viewer: Viewer, purpose: str, now: datetime) -> str:
    language = viewer.language
    return texts.say(
        "access.watermark",
        language,
        who=viewer.user.username,
        role=viewer.role.label(language) if viewer.role else "",
        area=area_name(viewer.area, language),
        at=f"{now:%d-%m-%Y %H:%M}",
        purpose=access().purposes[purpose][language],
    )
