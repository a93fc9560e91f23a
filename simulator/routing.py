from django.urls import path, re_path

from simulator.consumers import NowhereConsumer, RoomConsumer

websocket_urlpatterns = [
    path("ws/role-plays/<uuid:session_id>/", RoomConsumer.as_asgi()),
    re_path("", NowhereConsumer.as_asgi()),
]
