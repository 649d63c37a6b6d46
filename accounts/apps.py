from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who you are."""

    name = "accounts"
    # allauth's part of the administration is called "Accounts".
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import chores, mail, sign_ins  # noqa: F401  (letters, chores, what sign-ins rest on)
