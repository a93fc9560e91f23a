"""The site map. Addresses are the same in every language."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib.auth import views as auth_views
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from lms import classes, my_data, replay, views
from lms.core import views as core_views
from lms.debrief import debrief
from simulator.routing import websocket_urlpatterns
from simulator.urls import urlpatterns as role_play_pages

# These show what the simulator and assessment know, so they are added here to the pages of the simulator.
composed = [
    path("<uuid:session_id>/debrief/", debrief, name="debrief"),
    path("<uuid:session_id>/replay/", replay.replay, name="replay"),
    path("<uuid:session_id>/what-if/", replay.start_what_if, name="what_if"),
    path("<uuid:session_id>/comments/", replay.comment, name="comment"),
    path("assignments/<int:assignment_id>/", classes.assignment, name="assignment"),
    path("classes/<uuid:sitting_id>/", classes.sitting, name="class"),
]
role_plays = ([*role_play_pages, *composed], "role_plays")

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", core_views.LoginView.as_view(), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("account/", core_views.account, name="account"),
    path("account/my-data/", my_data.download, name="my_data"),
    path("account/password/", core_views.PasswordChangeView.as_view(), name="password_change"),
    path("account/language/", core_views.set_language, name="set_language"),
    path("healthz", core_views.healthz, name="healthz"),
    path("readyz", core_views.readyz, name="readyz"),
    path("role-plays/", include(role_plays)),
    path("", include("assessment.urls")),
    path("people/", include("lms.people_urls")),
    path("", include("certificates.urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("courses/", include("courses.urls")),
    path("documents/", include(wagtaildocs_urls)),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    # Everything else is a page written in the CMS: /courses/…
    path("", include(wagtail_urls)),
]

__all__ = ["urlpatterns", "websocket_urlpatterns"]
