from django.apps import AppConfig


class RoomsConfig(AppConfig):
    """What happens live."""

    name = "rooms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from rooms.live import receivers  # noqa: F401
