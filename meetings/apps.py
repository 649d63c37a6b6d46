from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    """What is planned."""

    name = "meetings"
    default_auto_field = "django.db.models.BigAutoField"
