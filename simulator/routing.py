from django.urls import path

from simulator.consumers import RoomConsumer

websocket_urlpatterns = [path("ws/role-plays/<uuid:session_id>/", RoomConsumer.as_asgi())]
