"""The letter by which people hear what an administrator did to what is theirs, and who it was."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from meetings import words
from meetings.letters import dates, payloads
from meetings.letters.compose import Envelope, administrator, from_us
from meetings.models import Meeting
from outbox.delivery import enqueue, renderer
from outbox.models import Letter

KIND = "intervention"
# So many meetings or people are named in a letter.
NAMED = 30


def named(meeting: Meeting, reader: User) -> str:
    """The meeting and its time, on the reader's clock."""
    times = dates.when_of(meeting, reader.time_zone or meeting.time_zone)
    return f"{meeting.title} ({times.rule or f'{times.day}, {times.span}, {times.zone}'})"


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
    count = len(said.lines) + said.more
    address = reverse("meetings:list")
    match said.what:
        case "cancelled":
            what = words.counted(count, "meeting of yours", "meetings of yours")
            subject = f"{words.sentence(administrator())} cancelled {what}"
            told = words.sentence(words.counted(said.letters, "person has", "people have"))
            more = f"{told} a letter, which says who cancelled it." if said.letters else ""
            further = "You can plan a new meeting like it, on its page."
        case "links":
            subject = f"{words.sentence(administrator())} ended personal links to your meetings"
            more = "These people are still invited. Their links in the letters until now let nobody in."
            further = (
                "To let somebody in again, choose “Send it again” beside them on the page of the meeting."
            )
        case _:
            subject = f"{words.sentence(administrator())} ended the address of your calendar"
            more = "Calendar programs that read it get no more updates. Your meetings stand as they are."
            further, address = "You can make a new address at any time.", reverse("meetings:subscribe")
    context = {
        "subject": subject,
        "lines": said.lines,
        "more_lines": said.more,
        "more": more,
        "further": further,
        "url": settings.PUBLIC_URL + address,
        "by": name,
        "by_email": email,
    }
    message = from_us(Envelope(letter.recipient, subject), "intervention", context)
    message.reply_to = [formataddr((name, email))]
    return message
