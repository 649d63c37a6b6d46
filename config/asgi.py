"""The server's table of contents: pages to Django, sockets to the rooms."""

import os
import sys

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  (needs the apps)
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from config.body_limit import BodyLimit  # noqa: E402
from config.files import StaticFiles  # noqa: E402
from config.launch.preparations import NewerTables, refuse_to_work  # noqa: E402
from config.origin import SameOrigin  # noqa: E402
from rooms.routing import websocket_urlpatterns  # noqa: E402

try:
    refuse_to_work()
except NewerTables as error:
    sys.exit(str(error))

application = ProtocolTypeRouter(
    # With DEBUG, files are looked for anew at each request, which is the middleware's to do.
    {
        "http": BodyLimit(http if settings.DEBUG else StaticFiles(http)),
        "websocket": SameOrigin(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
