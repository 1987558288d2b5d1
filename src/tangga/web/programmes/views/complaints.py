"""Pages of complaints about support."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.database.rows import value
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.programmes import complaints
from tangga.web.programmes.models import Complaint, Row
from tangga.web.programmes.register import table
from tangga.web.programmes.views.seeing import paged, shown, viewer_of
from tangga.web.viewer import Viewer, needs
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import item_of, refuse, saved, standing

READERS = ("counter", "appeals_check", "appeals_decide")
LONGEST = 2000
AREA = "SELECT area FROM families WHERE family_id = %s"


class ComplaintForm(forms.Form):
    """What went wrong, for whom; the name of who complains may be left out."""

    programme = forms.ChoiceField()
    what = forms.ChoiceField()
    said = forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    code = forms.CharField(max_length=60, required=False)
    family = forms.CharField(max_length=40, required=False)
    called = forms.CharField(max_length=200, required=False)
    contact = forms.CharField(max_length=100, required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.fields["programme"].choices = [  # type: ignore[attr-defined]
            (one.id, one.labels.get(viewer.language, one.id))
            for one in book().policy.programmes.values()
        ]
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (one, say(f"web_programmes.what_{one}", viewer.language)) for one in complaints.WHATS
        ]
        for name, field in self.fields.items():
            key = "complainant" if name == "called" else name
            field.label = say(f"web_programmes.field_{key}", viewer.language)
        for name in ("code", "called"):
            self.fields[name].help_text = say(f"web_programmes.field_{name}_help", viewer.language)

    def clean_code(self) -> str:
        """The code of a row or receipt that the viewer may see."""
        code = self.cleaned_data["code"].strip()
        if code and not Row.objects.filter(code=code).exists():
            raise forms.ValidationError(say("web_programmes.no_such_row", self.viewer.language))
        return str(code)

    def clean_family(self) -> str:
        """A family that the viewer may see."""
        family = self.cleaned_data["family"].strip()
        if family and (table("families") is None or value(AREA, [family]) is None):
            raise forms.ValidationError(say("web_programmes.no_such_family", self.viewer.language))
        return str(family)


@needs(*READERS, "programmes")
def listed(request: HttpRequest) -> HttpResponse:
    """`/program/pengaduan/`: complaints of the area, open ones first."""
    viewer = viewer_of(request)
    found = Complaint.objects.select_related("item").order_by("item__closed_on", "item__due")
    page, pager = paged(request, found)
    context = {
        "complaints": page.object_list,
        "pager": pager,
        "book": book(),
        "may": viewer.may("counter"),
    }
    return render(request, "programmes/complaints.html", context)


@needs("counter")
def lodge(request: HttpRequest) -> HttpResponse:
    """`/program/pengaduan/baru/`: take a complaint in (`?baris=`: about a row)."""
    viewer = viewer_of(request)
    row = Row.objects.filter(code=request.GET.get("baris", "")).select_related("round").first()
    initial: dict[str, Any] = {"family": request.GET.get("keluarga", "")}
    if row is not None:
        initial = {"code": row.code, "programme": row.round.programme, "family": row.family_id}
    form = ComplaintForm(request.POST or None, viewer=viewer, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = _lodge(form.cleaned_data, viewer)
        except Refusal as refusal:
            return refuse(request, refusal, request.path)
        messages.success(request, saved(made.item, viewer))
        return redirect("programmes_complaint", made.pk)
    return render(request, "programmes/complaint_new.html", {"form": form})


def _lodge(said: dict[str, Any], viewer: Viewer) -> Complaint:
    row = Row.objects.filter(code=said["code"]).select_related("round").first()
    family = said["family"] or (row.family_id if row else "")
    area = (row.area if row else "") or (value(AREA, [family]) if family else "")
    return complaints.lodge(
        programme=said["programme"],
        area=area or viewer.area or "",
        what=said["what"],
        said=said["said"],
        by=viewer,
        family_id=family,
        round_=row.round if row else None,
        row=row,
        called=said["called"],
        contact=said["contact"],
    )


@needs(*READERS)
def one(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/program/pengaduan/<id>/`: one complaint."""
    viewer = viewer_of(request)
    item = item_of(request, number, complaints.KIND)
    found = Complaint.objects.filter(pk=number).select_related("row", "round").first()
    if found is None:
        raise Http404
    family = item.family_id or (found.row.family_id if found.row else None)
    about = {"item": item.number}
    record("complaint_seen", by=viewer, family_id=family, area=found.area, about=about)
    context = {
        "complaint": found,
        "label": book().label(found.programme, viewer.language),
        "said": complaints.words(found.said),
        "called": complaints.words(found.called),
        "contact": complaints.words(found.contact),
        "found": complaints.words(found.found),
        "answer": complaints.words(found.answer),
        "papers": list(Paper.objects.filter(item=item).defer("content")),
        "row": shown(found.row, viewer) if found.row else None,
        **standing(item, viewer),
    }
    return render(request, "programmes/complaint.html", context)
