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
from tangga.web.database.rows import one, value
from tangga.web.pack import area_name
from tangga.web.viewer import Viewer

SHORTEST_REASON = 15
LONGEST_REASON = 300
NUMBER = re.compile(r"\d(?:[ .-]?\d){7,}")
"""So many digits are a number of somebody, and do not belong into a reason."""

TODAY = "SELECT revealed, exported FROM public.audit_shown_since(%s, %s)"
ONE_BY_ONE = "SELECT pg_advisory_xact_lock(%s, %s::bigint::integer)"
LOCK = 7_210_502
"""With the user's number, of pg_advisory_xact_lock: two requests at once both count."""


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

    about: of a file its "rows". PermissionDenied without the verb `reveal`; TooMany beyond what the
    role may have shown, or put into such files, in one day, in all of the user's posts together;
    ValueError for a purpose that is none or a reason that PermitForm would refuse.
    """
    viewer.require("reveal")
    form = PermitForm({"purpose": purpose, "reason": reason})
    if not form.is_valid():
        raise ValueError("a purpose of the list and a reason in words are needed")
    if _too_many(viewer, what, int((about or {}).get("rows", 0))):
        record("reveal_limit", by=viewer, area=area)
        raise TooMany(what)
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


def _too_many(viewer: Viewer, what: str, more: int) -> bool:
    """Whether the day's limit is reached; until this request ends, no other one counts."""
    user = viewer.user.pk
    value(ONE_BY_ONE, [LOCK, user])
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = one(TODAY, [user, midnight]) or {"revealed": 0, "exported": 0}
    if what == "revealed":
        return bool(today["revealed"] >= viewer.limit("reveals_a_day"))
    return bool(today["exported"] + more > viewer.limit("export_rows"))


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
