"""Addresses of the people pages. The overview has a namespace of its own because others link to it by what it is."""

from django.urls import include, path

from lms import organisation_admin, people, people_admin

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
                    path("new/", people_admin.new, name="new"),
                    path("organisations/", organisation_admin.organisations, name="organisations"),
                    path("organisations/<int:organisation_id>/", organisation_admin.rename, name="rename_organisation"),
                    path("<int:person_id>/edit/", people_admin.edit, name="edit"),
                    path("<int:person_id>/roles/", people_admin.add_role, name="add_role"),
                    path("<int:person_id>/roles/<int:membership_id>/end/", people_admin.end_role, name="end_role"),
                    path("<int:person_id>/password/", people_admin.reset, name="reset"),
                    path("<int:person_id>/deactivate/", people_admin.deactivate, name="deactivate"),
                ],
                "people",
            )
        ),
    ),
]
