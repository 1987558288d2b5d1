"""Addresses of the counter."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.counter import service_views, views

urlpatterns: list[URLPattern] = [
    path("loket/", views.counter, name="counter"),
    path("loket/buku/", views.day, name="counter_book"),
    path("loket/<slug:family_id>/", views.family, name="counter_family"),
    path("loket/<slug:family_id>/surat/<slug:kind>/", service_views.letter, name="counter_letter"),
    path("loket/<slug:family_id>/lembar/", service_views.sheet, name="counter_sheet"),
    path("loket/<slug:family_id>/penjelasan/", service_views.explain, name="counter_explain"),
    path("loket/<slug:family_id>/reaktivasi/", service_views.reactivation, name="counter_pbi"),
    path("loket/<slug:family_id>/pengaduan/", service_views.complaint, name="counter_complaint"),
    path("loket/<slug:family_id>/rujukan/", service_views.referral, name="counter_referral"),
    path("loket/<slug:family_id>/telepon/", service_views.telephone, name="counter_phone"),
]
