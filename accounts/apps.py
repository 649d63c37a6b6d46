from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
