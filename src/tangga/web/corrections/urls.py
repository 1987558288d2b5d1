"""Addresses of proposals."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.corrections import numbers, office_views, views

urlpatterns: list[URLPattern] = [
    path("usul/", views.proposals, name="proposals"),
    path("usul/musyawarah/", office_views.deliberation, name="deliberation"),
    path("usul/bundel/", office_views.batches, name="batches"),
    path("usul/bundel/<uuid:number>/", office_views.batch, name="batch"),
    path("usul/bundel/<uuid:number>/langkah/", office_views.batch_step, name="batch_step"),
    path("usul/siks/", office_views.upward, name="upward"),
    path("usul/siks/cetak/", office_views.upward_paper, name="upward_paper"),
    path("usul/baru/", views.choose, name="propose_register"),
    path("usul/baru/<slug:sort>/", views.new, name="propose_new"),
    path("usul/baru/<slug:sort>/<slug:family_id>/", views.new, name="propose_for"),
    path("usul/keluarga/<slug:family_id>/", views.choose, name="propose"),
    path("usul/<uuid:number>/", views.proposal, name="proposal"),
    path("usul/<uuid:number>/nomor/", numbers.numbers, name="proposal_numbers"),
    path("usul/<uuid:number>/bukti/", views.prove, name="proposal_proof"),
    path("usul/<uuid:number>/langkah/", views.step, name="proposal_step"),
]
