"""HTTP and WebSocket side by side. uvicorn serves this."""

import gc
import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 - needs the apps to be loaded
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from lms import upkeep  # noqa: E402
from lms.urls import websocket_urlpatterns  # noqa: E402
from simulator import nlu  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
        "lifespan": upkeep.lifespan,
    }
)

# WhiteNoise hands out files through a synchronous iterator; they are small, and Django reads each in a thread.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

# What is loaded by now stays for good. Taking it out of the collector's sight removes pauses of 100 to 200 ms under load. What a turn
# makes refers to itself nowhere, so the collector, left to look every 700 objects, finds nothing for 4 % of the processor.
nlu.warm()
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
