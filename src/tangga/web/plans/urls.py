"""Addresses of the plan and of simulations."""

from __future__ import annotations

from django.urls import path

from tangga.web.plans import simulation_views, views

urlpatterns = [
    path("rencana/", views.plan, name="plan"),
    path("rencana/baru/", views.new, name="plan_new"),
    path("rencana/sebar/", views.spreading, name="plan_spread"),
    path("rencana/baris/", views.line_of_files, name="plan_file_line"),
    path("rencana/baris/ambil/", views.adopt, name="plan_adopt"),
    path("rencana/<uuid:number>/", views.line, name="plan_line"),
    path("rencana/<uuid:number>/jawab/", views.answer, name="plan_answer"),
    path("simulasi/", simulation_views.simulations, name="simulations"),
    path("simulasi/<uuid:number>/", simulation_views.simulation, name="simulation"),
    path("simulasi/<uuid:number>/batal/", simulation_views.cancel, name="simulation_cancel"),
    path("simulasi/<uuid:number>/<str:name>", simulation_views.picture, name="simulation_file"),
]
