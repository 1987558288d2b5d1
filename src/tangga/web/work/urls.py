"""Addresses of tasks, items and delegations."""

from __future__ import annotations

from django.urls import path

from tangga.web.work import evidence_views, views

urlpatterns = [
    path("tugas/", views.tasks, name="tasks"),
    path("tugas/pelimpahan/", views.delegation_list, name="delegations"),
    path("tugas/pelimpahan/<uuid:number>/cabut/", views.revoke, name="delegation_revoke"),
    path("tugas/<uuid:number>/", views.item, name="work_item"),
    path("tugas/<uuid:number>/langkah/", views.step, name="work_step"),
    path("bukti/<uuid:number>/", evidence_views.shown, name="evidence"),
    path("bukti/<uuid:number>/berkas/", evidence_views.file, name="evidence_file"),
]
