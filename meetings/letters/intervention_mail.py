"""The letter by which people hear what an administrator did to what is theirs, and who it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from meetings import words
from meetings.letters import compose, dates, payloads
from meetings.letters.compose import Envelope, from_us
from meetings.letters.sentences import say, theirs
from meetings.models import Meeting
from outbox.delivery import enqueue, renderer
from outbox.models import Letter

KIND = "intervention"
# So many meetings or people are named in a letter.
NAMED = 30


def named(meeting: Meeting, reader: User) -> str:
    """The meeting and its time, on the reader's clock."""
    # Kept in the letter as it is said here, and not in the language of whoever acts.
    with translation.override(settings.LANGUAGE_CODE):
        times = dates.when_of(meeting, reader.time_zone or meeting.time_zone)
        when = times.rule or times.day_span_and_zone
        return _("%(title)s (%(when)s)") % {"title": meeting.title, "when": when}


def tell(owner: User, by: User, what: str, lines: Sequence[str], letters: int = 0) -> int:
    """Write to whom it concerns; how many letters. What it says is in it: the rest may be gone by then."""
    if owner == by:
        return 0
    payload = payloads.AdministratorDid(
        what=what,
        by=(by.get_full_name(), by.email),
        lines=list(lines[:NAMED]),
        more=max(0, len(lines) - NAMED),
        letters=letters,
    )
    key = f"{KIND}:{what}:{owner.pk}:{timezone.now().isoformat()}"
    return int(enqueue(key=key, kind=KIND, recipient=owner.email, payload=payloads.written(payload)))


@renderer(KIND)
def intervention(letter: Letter) -> EmailMessage:
    """What was done to what is theirs, and by whom; an answer goes to who did it."""
    said = payloads.read(letter, payloads.AdministratorDid)
    name, email = said.by
    says = _says(said)
    more_lines = ngettext("and %(count)s more", "and %(count)s more", said.more) % {"count": said.more}
    context = {
        **vars(says),
        "preview": " ".join([f"{says.subject}.", says.more]),
        "lines": said.lines,
        "more_lines": more_lines if said.more else "",
        "by": say(_("This was done by %(name)s, %(address)s."), name=theirs(name), address=email),
        "foot": _("This letter was sent to %(address)s because it is about something of yours.")
        % {"address": letter.recipient},
    }
    message = from_us(Envelope(letter.recipient, says.subject), "intervention", context)
    message.reply_to = [formataddr((name, email))]
    return message


@dataclass(frozen=True)
class _Says:
    subject: str
    # What it means for others, and what can be done about it, with where.
    more: str
    further: str
    url: str


def _says(said: payloads.AdministratorDid) -> _Says:
    """What was done, in sentences."""
    host, mine = {"host": compose.host()}, settings.PUBLIC_URL + reverse("meetings:list")
    match said.what:
        case "cancelled":
            count = len(said.lines) + said.more
            subject = ngettext(
                "The administrator of %(host)s cancelled %(count)s meeting of yours",
                "The administrator of %(host)s cancelled %(count)s meetings of yours",
                count,
            ) % {**host, "count": words.number(count)}
            told = ngettext(
                "%(count)s person has a letter, which says who cancelled it.",
                "%(count)s people have a letter, which says who cancelled it.",
                said.letters,
            ) % {"count": words.sentence(words.number(said.letters))}
            further = _("You can plan a new meeting like it, on its page.")
            return _Says(subject, told if said.letters else "", further, mine)
        case "links":
            return _Says(
                _("The administrator of %(host)s ended personal links to your meetings") % host,
                _("These people are still invited. Their links in earlier letters no longer let anybody in."),
                _("To let somebody in again, choose “Send it again” beside them on the page of the meeting."),
                mine,
            )
        case _other:
            return _Says(
                _("The administrator of %(host)s ended your calendar address") % host,
                _("Calendar programs that read it get no more updates. Your meetings stay as they are."),
                _("You can make a new address at any time."),
                settings.PUBLIC_URL + reverse("meetings:subscribe"),
            )
