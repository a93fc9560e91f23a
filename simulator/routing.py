from django.urls import path, re_path

from simulator.class_live import ClassConsumer, RunningConsumer
from simulator.consumers import NowhereConsumer, RoomConsumer

websocket_urlpatterns = [
    path("ws/role-plays/<uuid:session_id>/", RoomConsumer.as_asgi()),
    path("ws/classes/<uuid:sitting_id>/", ClassConsumer.as_asgi()),
    path("ws/running/", RunningConsumer.as_asgi()),
    re_path("", NowhereConsumer.as_asgi()),
]
