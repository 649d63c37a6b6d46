from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """What is planned."""

    name = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They register themselves: the renderers with the outbox, the receivers with allauth's signals.
        from meetings import mail, receivers  # noqa: F401
