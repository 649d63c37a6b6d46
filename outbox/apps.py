from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Mail that is never lost."""

    name = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
