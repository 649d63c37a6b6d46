from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    """What is planned."""

    name = "meetings"
    verbose_name = _("Meetings")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They register themselves: renderers and chores with the outbox, receivers with allauth's signals.
        from meetings.inbox import mailbox
        from meetings.letters import announcements, digests, intervention_mail, mail, part_mail, reminder_mail
        from meetings.plans import receivers, zone_rules
