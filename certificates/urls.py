from django.urls import path

from certificates import views

app_name = "certificates"
urlpatterns = [
    path("certificates/", views.mine, name="mine"),
    path("certificates/<int:certificate_id>/pdf/", views.download, name="download"),
    path("certificates/<int:certificate_id>/json/", views.signed_facts, name="json"),
    path("certificates/<int:certificate_id>/revoke/", views.revoke, name="revoke"),
    path("verify/", views.verify_file, name="verify_file"),
    path("verify/<str:code>/", views.verify, name="verify"),
]
