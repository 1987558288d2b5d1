"""Forms of a file of rehabilitation; what is asked at an assessment is made from the schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from tangga.registry.model import Column
from tangga.texts import Language, say
from tangga.web.corrections.written import field_of, value_of, wrong
from tangga.web.journeys.care.models import Case
from tangga.web.journeys.care.rehabilitation import Plan
from tangga.web.journeys.care.wanted import missing, wanted
from tangga.web.pack import pack
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.widgets import DayInput

SCHEMA = "assessment"
APART = frozenset({"on_date", "by", "document", "conclusion"})
"""Columns that the form does not take from the schema: of the record, and of graduation."""
LONGEST = 4000
LONG = 500


class AssessmentForm(forms.Form):
    """What was found about a person on a day."""

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language
        self.columns = list(assessed_columns())
        self.fields["on_date"] = forms.DateField(
            label=say("web_care.assessed_on", language),
            initial=today,
            widget=DayInput(),
        )
        for column in self.columns:
            made = field_of(column, language, required=column.required)
            if column.name == "kind":
                made.choices = list(_kinds(column, language))  # type: ignore[attr-defined]
            if column.type == "text" and (column.max_length or 0) >= LONG:
                made.widget = forms.Textarea({"rows": 3})
            if kinds := _asked_by(column, language):
                made.help_text = say("web_care.must_say", language, kinds=kinds)
            self.fields[column.name] = made
        self.fields["document"] = forms.CharField(
            label=say("work.document", language), required=False, max_length=200
        )

    def clean(self) -> dict[str, Any]:
        """Each value as the schema writes it, in `said`."""
        cleaned = super().clean() or {}
        self.said: dict[str, Any] = {}
        for column in self.columns:
            if column.name not in cleaned:
                continue
            try:
                value = value_of(column, cleaned[column.name])
            except forms.ValidationError as mistake:
                self.add_error(column.name, wrong(str(mistake.message), self.language))
                continue
            if value is not None:
                self.said[column.name] = value
        for name in missing(self.said):
            if name in self.fields and name not in self.errors:
                label = self.fields[name].label
                self.add_error(name, say("web_care.not_said", self.language, what=label))
        if cleaned.get("on_date") and cleaned["on_date"] > today():
            self.add_error("on_date", say("web_care.not_to_come", self.language))
        return cleaned


def assessed_columns() -> Iterator[Column]:
    """What the schema asks of an assessment."""
    for column in pack().tables[SCHEMA].columns.values():
        if not column.reference and not column.register and column.name not in APART:
            yield column


def _asked_by(column: Column, language: Language) -> str:
    """The kinds of assessment that have to say a column, in words."""
    kinds = pack().codes["assessment_kind"]
    return "; ".join(
        kinds.label(kind, language) for kind, one in wanted().items() if column.name in one.needs
    )


def _kinds(column: Column, language: Language) -> Iterator[tuple[str, str]]:
    """The kinds of assessment that are the case team's, as the clock of the policy names them."""
    assert column.codes is not None
    clock = book().policy.on(today()).clock.says
    for code in (*clock["review_assessment"], *clock["disability_assessment"]):
        if code in column.codes:
            yield code, column.codes.label(code, language)


def listed(codes: str, language: Language, only: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Choices from a list of codes of the pack."""
    held = pack().codes[codes]
    return [(code, held.label(code, language)) for code in only or held.codes if code in held]


def clusters(language: Language) -> list[tuple[str, str]]:
    """Clusters of rehabilitation, as the clock of the policy names them."""
    return listed("case_kind", language, book().policy.on(today()).clock.says["rehabilitation"])


class WordsForm(forms.Form):
    """A note, and what some steps ask besides."""

    words = forms.CharField(max_length=LONGEST, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = say("web_care.note", language)
        self.fields["words"].help_text = say("web_care.note_help", language)


class OpenForm(WordsForm):
    """Opening a file: which cluster it looks like, and what is going on."""

    cluster = forms.ChoiceField()
    field_order = ("cluster", "words")

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, language=language, **kwargs)
        self.fields["cluster"].label = say("web_care.cluster", language)
        self.fields["cluster"].choices = clusters(language)  # type: ignore[attr-defined]


class ReferForm(WordsForm):
    """Where to: the Sentra of the area, or a local institution first."""

    field_order = (
        *("cluster", "need", "provider", "place", "why_not_local", "mode", "violence"),
        *("against", "words"),
    )

    cluster = forms.ChoiceField()
    need = forms.ChoiceField(required=False)
    provider = forms.ChoiceField(widget=forms.RadioSelect)
    place = forms.CharField(required=False, max_length=200)
    why_not_local = forms.CharField(
        required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 2})
    )
    mode = forms.ChoiceField()
    violence = forms.BooleanField(required=False)
    against = forms.ChoiceField(required=False)

    def __init__(
        self,
        *args: Any,
        language: Language,
        sentra: str,
        others: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, language=language, **kwargs)
        chosen = {
            "cluster": clusters(language),
            "need": [("", "–"), *listed("need", language)],
            "mode": listed("case_mode", language),
            "provider": list(_providers(sentra, language)),
            "against": [
                ("", say("web_care.against_nobody", language)),
                (UNNAMED, say("web_care.against_unnamed", language)),
                *others,
            ],
        }
        for name, choices in chosen.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for name in ("cluster", "need", "provider", "place", "why_not_local", "mode", "violence"):
            self.fields[name].label = say(f"web_care.{name}", language)
        self.fields["against"].label = say("web_care.against", language)
        self.fields["against"].help_text = say("web_care.against_help", language)

    @property
    def plan(self) -> Plan:
        """What was chosen."""
        said = self.cleaned_data
        who = said["against"]
        return Plan(
            cluster=said["cluster"],
            need=said["need"],
            mode=said["mode"],
            provider=said["provider"],
            place=said["place"],
            why_not_local=said["why_not_local"],
            violence=said["violence"],
            against_payee=bool(who),
            against="" if who == UNNAMED else who,
        )


UNNAMED = "unnamed"
"""Violence by somebody of the family whom the record does not name."""


def _providers(sentra: str, language: Language) -> Iterator[tuple[str, str]]:
    yield Case.LOCAL, say("web_care.provider_local", language)
    if sentra:
        yield Case.SENTRA, sentra


class AnswerForm(WordsForm):
    """An answer, with the number of the letter that says so."""

    document = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, language=language, **kwargs)
        self.fields["document"].label = say("web_care.letter_of_sentra", language)


class FinishForm(WordsForm):
    """Closing: whether what was planned was reached."""

    goals_met = forms.TypedChoiceField(coerce=lambda said: said == "yes")

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, language=language, **kwargs)
        self.fields["goals_met"].label = say("web_care.goals_met", language)
        answers = [(one, say(f"rules.{one}", language)) for one in ("yes", "no")]
        self.fields["goals_met"].choices = answers  # type: ignore[attr-defined]


FORMS: dict[str, type[WordsForm]] = {
    "accept": AnswerForm,
    "put_on_list": AnswerForm,
    "finish": FinishForm,
}
"""Steps that ask for more than a note."""
