"""The letters of a meeting: text, HTML and calendar, each in the recipient's own time (iMIP, RFC 6047)."""

from __future__ import annotations

from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from meetings import links, words
from meetings.calendar import itip
from meetings.letters import announced, copies, dates, events, news, payloads, tags
from meetings.letters.compose import attach_calendar, canceller, product, speaker, tidy
from meetings.models import Answer, Attendee, Meeting, Occurrence
from outbox.delivery import renderer
from outbox.models import Letter

MOST_NAMES = 12
# An answer that holds, as a letter says it back.
SAID: dict[str, str] = {
    Attendee.PartStat.ACCEPTED: "yes",
    Attendee.PartStat.TENTATIVE: "maybe",
    Attendee.PartStat.DECLINED: "no",
}


# -- the letters about a meeting ---------------------------------------------------------------------------


@renderer("invitation")
@renderer("update")
def request(letter: Letter) -> EmailMessage | None:
    """Will you come? And what changed, against what the recipient was last told."""
    attendee = _recipient(letter)
    if attendee is None or _is_over(attendee.meeting):
        return None
    copies.make_up_for(letter, attendee)
    return _request(attendee, letter, before=_last_told(letter), changed=letter.kind == "update")


@renderer("cancellation")
def cancellation(letter: Letter) -> EmailMessage | None:
    """It does not take place. Nobody who never heard of it hears of its end."""
    attendee = _recipient(letter)
    if attendee is None or not _has_heard(letter):
        return None
    copies.make_up_for(letter, attendee)
    subject = "Cancelled: {title} ({when.short_day}, {when.starts})"
    return _message(
        attendee,
        "cancellation",
        subject=subject,
        more_letters=payloads.read(letter, payloads.AboutMeeting).letters,
    )


@renderer("removal")
def removal(letter: Letter) -> EmailMessage | None:
    """It takes place without them."""
    attendee = _recipient(letter, removed=True)
    if attendee is None or not _has_heard(letter):
        return None
    copies.make_up_for(letter, attendee)
    # Cancelled since, it takes place without anybody.
    kind = "cancellation" if attendee.meeting.is_cancelled else "removal"
    prefix = "Cancelled: " if attendee.meeting.is_cancelled else "No longer invited: "
    subject = prefix + "{title} ({when.short_day}, {when.starts})"
    # The time that they know, though it may have changed as they were taken off the list.
    told = _last_told(letter)
    times = dates.when_told(told, dates.zone_of(attendee)) if told else None
    return _message(
        attendee,
        kind,
        subject=subject,
        times=times,
        more_letters=payloads.read(letter, payloads.AboutMeeting).letters,
    )


# -- the letters about one occurrence -----------------------------------------------------------


@renderer("occurrence-update")
def occurrence_update(letter: Letter) -> EmailMessage | None:
    """This one is at another time, or called otherwise."""
    answer = _recipient_of_one(letter)
    if answer is None or answer.occurrence.cancelled_at:
        return None
    attendee, occurrence = answer.attendee, answer.occurrence
    before = _last_told(letter)
    old: dict[str, Any] = {}
    if before is not None:
        if before.title != occurrence.shown_title:
            old["title"] = before.title
        if (before.starts_at, before.duration) != (occurrence.starts_at, occurrence.duration):
            old["when"] = dates.when(before.starts_at, before.duration, dates.zone_of(attendee))
    kind = "moved" if "when" in old else "renamed" if old else "restored"
    prefix = {"moved": "Moved: ", "renamed": "Changed: "}.get(kind, "As before: ")
    token = links.mint(attendee)
    return _message(
        attendee,
        kind,
        subject=prefix + "{title} ({when.short_day}, {when.starts})",
        times=dates.when(occurrence.starts_at, occurrence.duration, dates.zone_of(attendee)),
        answer=answer,
        old=old,
        **_urls(token, occurrence),
    )


@renderer("occurrence-cancellation")
def occurrence_cancellation(letter: Letter) -> EmailMessage | None:
    """This one does not take place; the others do."""
    answer = _recipient_of_one(letter)
    if answer is None or not answer.occurrence.cancelled_at:
        return None
    # The time that they know.
    told = _last_told(letter) or announced.of_one(answer.occurrence)
    return _message(
        answer.attendee,
        "cancellation",
        subject="Cancelled: {title} ({when.short_day}, {when.starts})",
        times=dates.when_told(told, dates.zone_of(answer.attendee)),
        answer=answer,
    )


# -- who is told what ---------------------------------------------------------------------------


def _recipient(letter: Letter, *, removed: bool = False) -> Attendee | None:
    """Whom the letter is for; None if it is overtaken by a newer one or they are gone."""
    attendee = (
        Attendee.objects.select_related("meeting__organizer", "meeting__last_series", "user")
        .filter(pk=payloads.read(letter, payloads.AboutMeeting).attendee, letter=letter)
        .first()
    )
    if attendee is None or bool(attendee.removed_at) != removed:
        return None
    return attendee


def _recipient_of_one(letter: Letter) -> Answer | None:
    """The same for a letter about one occurrence. A newer one about its part of the series says it too."""
    payload = payloads.read(letter, payloads.AboutOccurrence)
    answer = (
        Answer.objects.select_related(
            *("attendee__meeting__organizer", "attendee__meeting__last_series", "attendee__user"),
            *("occurrence__series", "occurrence__meeting"),
        )
        .filter(
            attendee=payload.attendee,
            occurrence=payload.occurrence,
            letter=letter,
            attendee__removed_at=None,
            attendee__meeting__cancelled_at=None,
        )
        .first()
    )
    if answer is None:
        return None
    attendee, series = answer.attendee, answer.occurrence.series
    if series.pk == attendee.meeting.last_series_id:
        newest = attendee.letter_id
    else:
        part = copies.latest(series.uid, [attendee]).get(attendee.pk)
        newest = part.pk if part else 0
    return None if (newest or 0) > letter.pk else answer


def _is_over(meeting: Meeting) -> bool:
    return meeting.is_cancelled or meeting.is_over


def _earlier(letter: Letter) -> Letter | None:
    return Letter.objects.filter(pk=payloads.read(letter, payloads.Told).previous or 0).first()


def _last_told(letter: Letter) -> announced.Announced | None:
    """The facts in the last letter that reached them; None if none did, and this is their invitation.

    A letter that was overtaken before it went out told them nothing, so the one before it counts. Each
    letter but the first says in `before` what was true until it was written.
    """
    before = payloads.read(letter, payloads.Told).before
    while before is not None and (previous := _earlier(letter)) and not _went_out(previous):
        letter, before = previous, payloads.read(previous, payloads.Told).before
    return before


def _has_heard(letter: Letter) -> bool:
    """Whether any earlier letter reached them."""
    previous = _earlier(letter)
    while previous is not None:
        if _went_out(previous):
            return True
        previous = _earlier(previous)
    return False


def _went_out(letter: Letter) -> bool:
    """Sent, or in the hands of a worker this moment."""
    return bool(letter.sent_at or (letter.leased_until and letter.leased_until > timezone.now()))


# -- the message --------------------------------------------------------------------------------


def _request(
    attendee: Attendee, letter: Letter, before: announced.Announced | None, *, changed: bool
) -> EmailMessage:
    """The invitation, or with `before` its update; `changed` if it is written because of a change."""
    meeting = attendee.meeting
    payload = payloads.read(letter, payloads.AboutMeeting)
    what = news.of(meeting, payload, before, dates.zone_of(attendee), changed=changed)
    if what.kind == "series" and not attendee.answers.exclude(partstat="").exists():
        # They had said nothing that could hold.
        what.more.pop("first_day", None)
    return _message(
        attendee,
        what.kind,
        subject=what.subject,
        times=what.times,
        more_letters=payloads.read(letter, payloads.AboutMeeting).letters,
        old=what.old,
        said=SAID.get(attendee.partstat, "") if before is not None else "",
        **what.more,
        **_urls(links.mint(attendee)),
    )


def _urls(token: str, occurrence: Occurrence | None = None) -> dict[str, Any]:
    """The addresses in a letter that are the recipient's alone."""
    one = f"on/{occurrence.pk}/" if occurrence and occurrence.meeting.repeats else ""
    return {
        "join_url": settings.PUBLIC_URL + links.path(token),
        "answer_url": f"{settings.PUBLIC_URL}{links.path(token)}answer/{one}",
    }


def _message(
    attendee: Attendee,
    kind: str,
    *,
    subject: str,
    times: dates.When | None = None,
    answer: Answer | None = None,
    more_letters: int = 0,
    **context: Any,
) -> EmailMessage:
    """The letter; `times` is when the meeting is, unless it is what it is now.

    With `answer` it is about that occurrence alone. `more_letters`: how many about earlier parts of the
    series were written with it.
    """
    meeting, zone = attendee.meeting, dates.zone_of(attendee)
    occurrence = answer.occurrence if answer else None
    times = times or dates.when_of(meeting, zone)
    organizer = meeting.organizer.get_full_name()
    # What is said of a part of a series has the exceptions of that part.
    part = {"series": meeting.last_series} if {"since", "last"} & context.keys() else {}
    is_coming = occurrence is None and kind not in ("cancellation", "removal")
    title = occurrence.shown_title if occurrence else meeting.current.title
    method, calendar = _calendar(attendee, kind, answer)
    context |= {
        "kind": kind,
        "meeting": meeting,
        "title": title,
        "one": occurrence is not None and meeting.repeats,
        "attendee": attendee,
        "partstat": (answer and answer.partstat) or attendee.partstat,
        "organizer": organizer,
        "organizer_short": meeting.organizer.get_short_name(),
        "canceller": words.sentence(canceller(meeting)) if meeting.cancelled_by else organizer,
        "product": product(),
        "when": times,
        "exceptions": dates.exceptions(meeting, zone, **part) if is_coming else [],
        "asked_for": dates.asked_for(meeting, zone) if not occurrence else "",
        "description": meeting.description,
        "agenda": words.agenda(occurrence.shown_agenda if occurrence else meeting.agenda),
        "door": _door(attendee),
        "replies_count": tags.are_used(),
        "has_file": calendar is not None,
        "more_letters": more_letters,
        **_table(attendee),
    }
    message = EmailMultiAlternatives(
        # A line end in a header is refused; titles have none, but a header is no place to trust that.
        subject=" ".join(subject.format(title=title, when=times).split()),
        body=tidy(render_to_string("meetings/mail/letter.txt", context)),
        from_email=formataddr((speaker(meeting), tags.sender(attendee))),
        to=[attendee.email],
        reply_to=[formataddr((organizer, meeting.organizer.email))],
        # All letters of one meeting are one conversation (RFC 5322, 3.6.4), wherever we are reached by then;
        # the name is one that nobody can own (RFC 2606, 2).
        headers={"References": f"<{meeting.code}@roundtable.invalid>"},
    )
    message.attach_alternative(render_to_string("meetings/mail/letter.html", context), "text/html")
    if calendar is not None:
        attach_calendar(message, method, calendar)
    return message


def _door(attendee: Attendee) -> str:
    """What stands between the recipient and the room, in a sentence; empty where everybody can walk in."""
    meeting = attendee.meeting
    opens = "" if meeting.early is None or meeting.instant else words.opening(meeting.early)
    if attendee.cohost and (opens or meeting.lobby):
        also = ", and you let people in" if meeting.lobby else ""
        return f"You are a host: the door is open to you at any time{also}."
    if opens:
        return f"The door opens {opens}{', and a host lets you in' if meeting.lobby else ''}."
    return "A host lets you in." if meeting.lobby else ""


def _table(attendee: Attendee) -> dict[str, Any]:
    """Who else comes, as names; addresses are nobody's business."""
    everybody = attendee.meeting.attendees.invited()
    # No more than are shown: each of five hundred letters asks for them.
    first = list(everybody.order_by("pk").values_list("pk", "name", "email")[: MOST_NAMES + 1])
    others = [name or email.partition("@")[0] for pk, name, email in first if pk != attendee.pk]
    names = [attendee.meeting.organizer.get_full_name(), *others][:MOST_NAMES]
    more = everybody.count() - len(names) if len(first) > MOST_NAMES else 1 + len(others) - len(names)
    return {"names": names, "more_names": more}


# -- the calendar -------------------------------------------------------------------------------


def _calendar(attendee: Attendee, kind: str, answer: Answer | None) -> tuple[str, bytes | None]:
    """The method and the one file. None where the recipient's calendar never heard of what is off.

    Many programs read one calendar of a letter: earlier parts of a series have letters of their own
    (meetings.letters.part_mail).
    """
    meeting, now = attendee.meeting, timezone.now()
    guest = itip.Guest(attendee.name, attendee.email, attendee.partstat, attendee.optional)
    if answer and meeting.repeats:
        series = events.facts(answer.occurrence.series, attendee)
        one = events.change(answer.occurrence, answer.partstat or attendee.partstat)
        if kind == "cancellation":
            return "CANCEL", itip.cancel_occurrence(series, one, guest, now)
        return "REQUEST", itip.request_occurrence(series, one, guest, now)
    whole = events.facts(meeting.current, attendee)
    if kind not in ("cancellation", "removal"):
        return "REQUEST", itip.request(whole, guest, now)
    knows = copies.have_heard(attendee, meeting.current.uid)
    return "CANCEL", itip.cancel(whole, guest, now) if knows else None
