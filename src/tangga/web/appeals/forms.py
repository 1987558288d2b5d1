"""What is asked when something is lodged; labels in the language of the viewer."""

from __future__ import annotations

from typing import Any

from django import forms

from tangga.texts import Language, long_date, say
from tangga.web.appeals import pending, whom
from tangga.web.appeals.subjects import PROGRAMME, subjects
from tangga.web.pack import area_name, areas
from tangga.web.public.support import may_be_told
from tangga.web.viewer import Viewer

LONGEST, SHORT = 2000, 200
VILLAGE = 10
NOTICE, OTHER = "notice", "other"
"""Subjects of counter.toml: an announcement, and what is none of the rest."""


class LodgeForm(forms.Form):
    """What every kind asks: about what, in which words, and what is handed in."""

    subject = forms.ChoiceField()
    words = forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 4}))
    paper = forms.FileField(required=False)

    def __init__(self, *args: Any, kind: str, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = _choices(kind, language)  # type: ignore[attr-defined]
        self.language = language
        self.called("subject", f"subject_{kind}")
        self.called("words", f"words_{kind}")
        self.called("paper", "paper")

    def called(self, field: str, text: str) -> None:
        """Give a field its label, and its help where the texts have one."""
        self.fields[field].label = say(f"web_appeals.{text}", self.language)
        self.fields[field].help_text = say(f"web_appeals.{text}_help", self.language)


def _choices(kind: str, language: Language) -> list[tuple[str, str]]:
    """What a kind can be about: an objection about anything, others about programmes. None of
    rehabilitation: the village sees the subject of a matter, and never that somebody has a case."""
    found = [
        (one.code, one.label)
        for one in subjects(language)
        if _is_open(one.code) or not one.code.startswith(PROGRAMME)
    ]
    if kind == "objection":
        return found
    programmes = [(code, label) for code, label in found if _is_open(code)]
    programmes.sort(key=lambda one: one[1])
    only_data = (OTHER, say("web_appeals.only_data", language))
    return [only_data, *programmes] if kind == "request" else programmes


def _is_open(code: str) -> bool:
    """A programme of which others may speak: of rehabilitation nobody reports or asks here."""
    return code.startswith(PROGRAMME) and may_be_told(code.removeprefix(PROGRAMME))


class ObjectionForm(LodgeForm):
    """Of a family: for the family as a whole or one member, and against which announcement."""

    field_order = ("person", "subject", "notice", "words", "paper")
    person = forms.ChoiceField(required=False)
    notice = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, family_id: str, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, kind="objection", language=language, **kwargs)
        of_family = [("", say("web_appeals.whole_family", language))]
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            *of_family,
            *whom.choices(family_id, language),
        ]
        self.called("person", "person")
        found = pending.stops(family_id, language)
        kept = self.fields["subject"].choices  # type: ignore[attr-defined]
        about_it = [one for one in kept if one[0] == NOTICE]
        rest = [one for one in kept if one[0] != NOTICE]
        self.fields["subject"].choices = (  # type: ignore[attr-defined]
            [*about_it, *rest] if found else rest
        )
        if not found:
            del self.fields["notice"]
            return
        self.fields["notice"].choices = [  # type: ignore[attr-defined]
            *((one.number, _stop(one, language)) for one in found if not one.past),
            ("", say("web_appeals.no_notice", language)),
            *((one.number, _stop(one, language)) for one in found if one.past),
        ]
        self.called("notice", "notice")


def _stop(one: pending.Stop, language: Language) -> str:
    day = long_date(one.takes_effect, language) if one.takes_effect else "–"
    key = "in_effect" if one.past else "effect"
    effect = say(f"web_appeals.{key}", language, day=day)
    return f"{one.number}: {one.label} ({effect})"


class RequestForm(LodgeForm):
    """For a family of the register: which programme, or that its data be looked at."""

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, kind="request", language=language, **kwargs)


class WithdrawForm(forms.Form):
    """The signed letter by which something is taken back, and what was said with it."""

    reason = forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 3}))
    letter = forms.FileField()

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = say(f"web_appeals.withdraw_{name}", language)
            field.help_text = say(f"web_appeals.withdraw_{name}_help", language)


class UnknownForm(RequestForm):
    """For somebody whom no register knows yet: who, and in which village."""

    field_order = ("name", "address", "village", "subject", "words", "paper")
    name = forms.CharField(max_length=100)
    address = forms.CharField(max_length=SHORT)
    village = forms.ChoiceField()

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, language=viewer.language, **kwargs)
        for field in ("name", "address", "village"):
            self.called(field, field)
        own = viewer.area or ""
        codes = sorted(code for code in areas().by_code if code.startswith(own))
        self.fields["village"].choices = [  # type: ignore[attr-defined]
            (code, f"{area_name(code)}, {area_name(code[:6])}")
            for code in codes
            if len(code) == VILLAGE
        ]


class ReportForm(LodgeForm):
    """About another family: by whom (their number), what is to be checked, and their own words."""

    field_order = ("number", "subject", "summary", "words", "paper")
    number = forms.CharField(max_length=40)
    summary = forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, kind="report", language=language, **kwargs)
        for field in ("number", "summary"):
            self.called(field, field)
