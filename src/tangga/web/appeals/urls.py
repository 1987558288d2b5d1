"""Addresses of objections, requests and reports."""

from __future__ import annotations

from django.urls import URLPattern, path

from tangga.web.appeals import lodge_views, views, withdraw_views

urlpatterns: list[URLPattern] = [
    path("keberatan/", views.appeals, name="appeals"),
    path("keberatan/usul/", lodge_views.lodge_unknown, name="lodge_unknown"),
    path("keberatan/baru/<slug:kind>/<slug:family_id>/", lodge_views.lodge, name="lodge"),
    path("keberatan/<uuid:number>/", views.appeal, name="appeal"),
    path("keberatan/<uuid:number>/tiket/", views.ticket, name="appeal_ticket"),
    path("keberatan/<uuid:number>/cabut/", withdraw_views.withdraw, name="appeal_withdraw"),
    path("keberatan/<uuid:number>/pelapor/", views.objector, name="appeal_objector"),
]
