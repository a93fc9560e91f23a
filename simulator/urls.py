"""The addresses of the role-plays. The debrief composes several apps; `lms.urls` adds it."""

from django.urls import path

from simulator import limit_views, views

urlpatterns = [
    path("", views.role_plays, name="list"),
    path("notice/", views.notice, name="notice"),
    path("limits/", limit_views.limits, name="limits"),
    path("running/", views.running, name="running"),
    path("reports/", views.reports, name="reports"),
    path("reports/corrections.jsonl", views.export_reports, name="export_reports"),
    path("reports/<int:report_id>/", views.decide, name="decide"),
    path("<uuid:session_id>/", views.room, name="room"),
    path("<uuid:session_id>/reports/", views.report, name="report"),
]
