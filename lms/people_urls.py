"""Addresses of the people pages. The overview has a namespace of its own because others link to it by what it is."""

from django.urls import include, path

from lms import people

urlpatterns = [
    path("", include(([path("overview/", people.overview, name="overview")], "hr"))),
    path(
        "",
        include(
            (
                [
                    path("", people.people_list, name="list"),
                    path("<int:person_id>/", people.person, name="person"),
                    path("export.<str:file_format>", people.export, name="export"),
                ],
                "people",
            )
        ),
    ),
]
