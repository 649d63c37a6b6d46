"""Whether what people answer in their calendar programs comes back here, and what to say where it does not.

Invitations ask for an answer all the same (RSVP=TRUE), since many calendars show no invitation otherwise.
"""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from meetings import words
from meetings.letters import recipients, tags
from meetings.models import Answer, Attendee
from outbox.models import Letter

HOW = "docs/deployment.md, “Answers and bounces”"
LOST = gettext_noop(
    "What people answer in their calendar programs is lost, since nothing here reads it. "
    "Set REPLY_ADDRESS, and IMAP_URL or a pipe, to have it count (%(how)s)."
)
UNSURE = gettext_noop(
    "Nothing has come back by REPLY_ADDRESS yet. Without IMAP_URL, a mail server has to hand over what "
    "comes there (%(how)s)."
)
# Of letters that ask for an answer.
ASKING = ("invitation", "update")
PartStat = Attendee.PartStat


def no_answer() -> str:
    """What whoever has not answered is called: where nothing comes back, that is not known but of here."""
    return str(PartStat.NEEDS_ACTION.label) if tags.are_used() else _("No answer here")


def advice() -> list[str]:
    """For administrators, a sentence each: what is lost, whom it may concern, and what to set."""
    if not tags.are_used():
        return [_(LOST) % {"how": HOW}, *_may_have_answered()]
    if settings.IMAP_URL or _something_came() or not _letters().exists():
        return []
    return [_(UNSURE) % {"how": HOW}]


def _letters() -> QuerySet[Letter]:
    return Letter.objects.filter(kind__in=ASKING).exclude(sent_at=None)


def _something_came() -> bool:
    """Whether mail was ever handed over: an answer, with a time of its own, or a letter that came back."""
    return (
        Answer.objects.exclude(stamped_at=None).exists() or Letter.objects.exclude(bounced_at=None).exists()
    )


def _may_have_answered() -> list[str]:
    """How many have not answered here, of those who had a letter about a meeting to come."""
    invited = recipients.who_said_to_next(Attendee.objects.invited(), PartStat.NEEDS_ACTION)
    silent = invited.filter(
        letter__in=_letters(),
        meeting__cancelled_at=None,
        meeting__ends_at__gt=timezone.now(),
    )
    if not (count := silent.count()):
        return []
    text = ngettext(
        "%(count)s invitation to a meeting to come is without an answer here;"
        " some may have one in a calendar.",
        "%(count)s invitations to meetings to come are without an answer here;"
        " some may have one in a calendar.",
        count,
    )
    return [words.numbered(text, count)]
