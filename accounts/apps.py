from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are."""

    name = "accounts"
    # allauth's part of the administration is called "Accounts".
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import chores, mail, sign_ins  # noqa: F401  (letters, chores, what sign-ins rest on)
