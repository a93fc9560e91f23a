"""Courses at their own addresses, /courses/… The CMS could find these pages too, at ten queries more."""

from django.urls import path

from courses import views

app_name = "courses"

urlpatterns = [
    path("", views.course_list_here, name="list"),
    path("<str:course_slug>/", views.course_here, name="course"),
    path("<str:course_slug>/<str:lesson_slug>/", views.lesson_here, name="lesson"),
]
