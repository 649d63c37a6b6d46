"""Letters to organizers about new answers, for those who want them; the page shows every answer anyhow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from meetings import words
from meetings.calendar import recurrence
from meetings.letters import payloads
from meetings.letters.answer_words import say_back
from meetings.letters.compose import Envelope, from_us
from meetings.letters.sentences import Sentence, joined, say, theirs
from meetings.models import Answer, Attendee, Digest, Meeting
from outbox.chores import chore
from outbox.delivery import enqueue, renderer
from outbox.models import Letter

KIND = "digest"
# No more often than this; the first answer after a while is told at once.
PAUSE = timedelta(minutes=30)
MOST_LINES = 100
SAID = (Attendee.PartStat.ACCEPTED, Attendee.PartStat.TENTATIVE, Attendee.PartStat.DECLINED)


@dataclass
class News:
    """The new answers to one meeting, a sentence each."""

    title: str
    url: str
    lines: list[Sentence] = field(default_factory=list)


def turn(user: User, *, on: bool) -> None:
    """From now on, or no more."""
    if on:
        Digest.objects.get_or_create(user=user)
    else:
        Digest.objects.filter(user=user).delete()


@chore(every=timedelta(minutes=2))
def write() -> int:
    """Write the letters that are due; how many."""
    now = timezone.now()
    written = 0
    for digest in Digest.objects.select_related("user").filter(told_until__lte=now - PAUSE):
        since, user = digest.told_until, digest.user
        if not _answers(user, since, now).exists():
            continue
        with transaction.atomic():
            # Another worker may be at the same: only one of them moves the mark.
            if Digest.objects.filter(pk=digest.pk, told_until=since).update(told_until=now):
                payload = payloads.written(payloads.Digest(user=user.pk, since=since, until=now))
                key = f"{KIND}:{user.pk}:{since.isoformat()}"
                enqueue(key=key, kind=KIND, recipient=user.email, payload=payload)
                written += 1
    return written


def _answers(user: User, since: datetime, until: datetime) -> QuerySet[Answer]:
    """What we heard between the two about meetings that are to come: to the whole first, then to dates."""
    # Not when it was said: mail that took its time would never be told.
    span = {"recorded_at__gt": since, "recorded_at__lte": until}
    coming = Meeting.objects.organized_by(user).not_cancelled().ending_after(until)
    to_come = Q(occurrence=None) | Q(occurrence__cancelled_at=None, occurrence__ends_at__gt=until)
    said = Answer.objects.filter(
        to_come,
        attendee__meeting__in=coming,
        attendee__removed_at=None,
        partstat__in=SAID,
        series__cancelled_at=None,
        **span,
    )
    # Where a series was split, it stands at each of its parts: the last of them holds for those before.
    again = Answer.objects.to_all().filter(
        attendee=OuterRef("attendee"),
        partstat=OuterRef("partstat"),
        recorded_at=OuterRef("recorded_at"),
        series__gt=OuterRef("series"),
        series__cancelled_at=None,
    )
    to_all_first = Case(When(occurrence=None, then=0), default=1)
    said = said.exclude(Q(Exists(again), occurrence=None))
    return said.select_related("attendee__meeting", "series", "occurrence").order_by(
        to_all_first, "recorded_at", "pk"
    )


@renderer(KIND)
def digest(letter: Letter) -> EmailMessage | None:
    """Who answered what; nothing, if they turned it off or changed their address in the meantime."""
    payload = payloads.read(letter, payloads.Digest)
    user = User.objects.filter(pk=payload.user, digest__isnull=False).first()
    if user is None or user.email != letter.recipient:
        return None
    found_ = _answers(user, payload.since, payload.until)
    count, answers = found_.count(), list(found_[:MOST_LINES])
    if not answers:
        return None
    found: dict[int, News] = {}
    for answer in answers:
        meeting = answer.attendee.meeting
        url = f"{settings.PUBLIC_URL}{meeting.get_absolute_url()}"
        news = found.setdefault(meeting.pk, News(meeting.title, url))
        news.lines.append(_line(answer, user))
    subject = _subject(answers[0], count)
    left = max(0, count - MOST_LINES)
    more = ngettext("And %(count)s more.", "And %(count)s more.", left) % {"count": words.number(left)}
    context = {
        "preview": subject,
        "news": found.values(),
        "more": more if left else "",
        "foot": joined(
            [
                say(_("This letter is for %(address)s."), address=letter.recipient),
                _("You asked for letters about new answers; you can stop them below the list of attendees."),
            ],
            " ",
        ),
    }
    return from_us(Envelope(letter.recipient, subject), KIND, context)


def _subject(first: Answer, count: int) -> str:
    if count > 1:
        news = {"count": words.sentence(words.number(count))}
        return ngettext("%(count)s new answer", "%(count)s new answers", count) % news
    who = first.attendee
    answer = say_back(first.partstat)
    said = {"name": who.display_name, "answer": answer, "title": who.meeting.title}
    return _("%(name)s says %(answer)s: %(title)s") % said


def _line(answer: Answer, user: User) -> Sentence:
    """Who said what, of a series for which time if not for all, and with which note."""
    day, part = "", answer.series
    if answer.occurrence is not None:
        day = words.short_day(answer.occurrence.starts_at.astimezone(user.zone))
    is_earlier = part.pk != answer.attendee.meeting.last_series_id
    if not day and is_earlier:
        day = words.short_day(recurrence.moment(part.keys[-1], part.zone).astimezone(user.zone))
        if answer.note:
            message = _("%(name)s says <strong>%(answer)s</strong> to the dates until %(day)s: “%(note)s”")
        else:
            message = _("%(name)s says <strong>%(answer)s</strong> to the dates until %(day)s")
    elif day and answer.note:
        message = _("%(name)s says <strong>%(answer)s</strong> to %(day)s: “%(note)s”")
    elif day:
        message = _("%(name)s says <strong>%(answer)s</strong> to %(day)s")
    elif answer.note:
        message = _("%(name)s says <strong>%(answer)s</strong>: “%(note)s”")
    else:
        message = _("%(name)s says <strong>%(answer)s</strong>")
    return say(
        message,
        name=theirs(answer.attendee.display_name),
        answer=say_back(answer.partstat),
        day=day,
        note=theirs(answer.note),
    )
