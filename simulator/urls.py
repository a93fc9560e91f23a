"""The addresses of the role-plays. The debrief composes several apps; `lms.urls` adds it."""

from django.urls import path

from simulator import class_views, clock_views, figure_views, limit_views, views

urlpatterns = [
    path("", views.role_plays, name="list"),
    path("notice/", views.notice, name="notice"),
    path("figures/", figure_views.figures, name="figures"),
    path("limits/", limit_views.limits, name="limits"),
    path("running/", views.running, name="running"),
    path("reports/", views.reports, name="reports"),
    path("reports/corrections.jsonl", views.export_reports, name="export_reports"),
    path("reports/<int:report_id>/", views.decide, name="decide"),
    path("assignments/", class_views.assignments, name="assignments"),
    path("assignments/new/", class_views.assign, name="assign"),
    path("assignments/<int:assignment_id>/withdraw/", class_views.withdraw, name="withdraw"),
    path("assignments/<int:assignment_id>/remind/", class_views.remind, name="remind"),
    path("classes/", class_views.classes, name="classes"),
    path("classes/new/", class_views.schedule, name="schedule"),
    path("classes/<uuid:sitting_id>/start/", class_views.start_class, name="start_class"),
    path("classes/<uuid:sitting_id>/cancel/", class_views.cancel_class, name="cancel_class"),
    path("classes/<uuid:sitting_id>/end/", class_views.end_class, name="end_class"),
    path("classes/<uuid:sitting_id>/extend/", class_views.extend_class, name="extend_class"),
    path("classes/<uuid:sitting_id>/enter/", class_views.enter_class, name="enter_class"),
    path("<uuid:session_id>/extend/", class_views.extend, name="extend"),
    path("assigned/<int:share_id>/begin/", class_views.begin_assigned, name="begin_assigned"),
    path("<uuid:session_id>/", views.room, name="room"),
    path("<uuid:session_id>/clocks/", clock_views.clocks, name="clocks"),
    path("<uuid:session_id>/reports/", views.report, name="report"),
]
