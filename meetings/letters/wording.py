"""What a letter about a meeting says, sentence by sentence; `meetings/mail/letter.*` lay it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from meetings import words
from meetings.calendar.said import ONE_BY_ONE
from meetings.letters import answer_words, compose, dates
from meetings.letters.kinds import SAYS
from meetings.letters.news import News
from meetings.letters.sentences import Sentence, joined, listed, say, theirs, unbroken
from meetings.models import Attendee, Occurrence

# So many of those who are invited are named.
MOST_NAMES = 12


@dataclass(kw_only=True)
class Content:
    """All that `meetings/mail/letter.html` and `.txt` show. Empty is what a letter does not say."""

    subject: str
    preview: str
    lead: str
    title: str
    # It does not take place: its title and its time are struck through.
    is_off: bool = False
    old_title: str = ""
    old_when: str = ""
    new_dates: str = ""
    off_dates: str = ""
    since: str = ""
    when: str
    # Its next dates, or the zone.
    when_more: str = ""
    keeps_earlier: bool = False
    exceptions: list[str] = field(default_factory=list)
    part_letters: str = ""
    # Of a letter that asks.
    join_url: str = ""
    door: str = ""
    question: str = ""
    reason: str = ""
    choices: list[answer_words.Choice] = field(default_factory=list)
    calendar_hint: str = ""
    answer_hint: str = ""
    description: str = ""
    agenda: list[words.Point] = field(default_factory=list)
    table: str = ""
    # Of one that says what is off.
    closing: str = ""
    foot: str = ""


class Urls(NamedTuple):
    """The addresses in a letter that are the recipient's alone."""

    join: str
    answer: str


def asking(
    attendee: Attendee,
    news: News,
    urls: Urls,
    *,
    partstat: str,
    has_heard: bool,
    occurrence: Occurrence | None = None,
    part_letters: int = 0,
) -> Content:
    """Of a letter that asks whether they come: to the whole, or to one date of it.

    `partstat` is what they said so far; to somebody who has heard of the whole before it is said back.
    """
    meeting, zone = attendee.meeting, dates.zone_of(attendee)
    times = news.times or dates.when_of(meeting, zone)
    organizer = theirs(meeting.organizer.get_full_name())
    short = theirs(meeting.organizer.get_short_name())
    asked = dates.AskedFrom() if occurrence else dates.asked_from(meeting, zone)
    is_one_by_one = partstat == ONE_BY_ONE and has_heard
    holds = answer_words.say_back(partstat) if has_heard and not occurrence else ""
    if is_one_by_one:
        question = answer_words.one_by_one(asked)
    elif holds:
        question = answer_words.held(holds, asked, news)
    else:
        question = answer_words.question(asked, times)
    # What is said of a part of a series has the exceptions of that part.
    part = {"series": meeting.last_series} if news.is_tail and news.says not in ("less", "one-less") else {}
    preview = _("%(when)s. %(organizer)s asks whether you will come.")
    return Content(
        **_what_and_when(attendee, news, times, occurrence),
        preview=preview % {"when": _shortly(times), "organizer": organizer},
        old_title=theirs(news.old_title),
        old_when=_when(news.old_times) if news.old_times else "",
        new_dates=news.new_dates,
        off_dates=news.off_dates,
        since=_since(news),
        keeps_earlier=news.is_tail,
        exceptions=[] if occurrence else dates.exceptions(meeting, zone, **part),
        part_letters=_part_letters(part_letters),
        join_url=urls.join,
        door=_door(attendee),
        question=question,
        reason="" if holds or is_one_by_one else answer_words.reason(news, short, partstat),
        choices=answer_words.choices(urls.answer),
        calendar_hint=answer_words.calendar_hint(),
        answer_hint=answer_words.answer_hint(short),
        description=theirs(meeting.description),
        agenda=words.agenda(occurrence.shown_agenda if occurrence else meeting.agenda),
        table=_table(attendee),
        foot=joined(
            [
                say(_("This letter is for %(address)s."), address=attendee.email),
                _("The link in it is yours alone: whoever has it enters as you."),
                say(_("To bring somebody along, ask %(organizer)s to invite them."), organizer=short),
            ],
            " ",
        ),
    )


def ending(
    attendee: Attendee,
    news: News,
    *,
    occurrence: Occurrence | None = None,
    has_file: bool,
    part_letters: int = 0,
) -> Content:
    """Of a letter that says what is off for them: the whole, one date, or their invitation."""
    meeting = attendee.meeting
    times = news.times or dates.when_of(meeting, dates.zone_of(attendee))
    organizer = theirs(meeting.organizer.get_full_name())
    is_off = news.says != "removed"
    if not is_off:
        preview = say(
            _("%(when)s. %(organizer)s no longer expects you."), when=_shortly(times), organizer=organizer
        )
    elif news.says == "cancelled-by-administrator":
        preview = say(
            _("%(when)s. The administrator of %(host)s cancelled this meeting."),
            when=_shortly(times),
            host=compose.host(),
        )
    else:
        preview = say(
            _("%(when)s. %(organizer)s cancelled this meeting."), when=_shortly(times), organizer=organizer
        )
    is_one = occurrence is not None and meeting.repeats
    closing = [
        _("There is nothing you need to do.") if is_off else _("Your link no longer works."),
        _out_of_the_calendar(has_file=has_file, is_one=is_one),
    ]
    if has_file and part_letters:
        closing.append(_("A short letter that follows takes out the earlier dates."))
    return Content(
        **_what_and_when(attendee, news, times, occurrence, is_off=is_off),
        preview=preview,
        closing=" ".join(closing),
        foot=joined(
            [
                say(_("This letter is for %(address)s."), address=attendee.email),
                say(_("A reply to it goes to %(organizer)s."), organizer=organizer),
            ],
            " ",
        ),
    )


# -- what and when ------------------------------------------------------------------------------


def _what_and_when(
    attendee: Attendee,
    news: News,
    times: dates.When,
    occurrence: Occurrence | None,
    *,
    is_off: bool = False,
) -> dict[str, Any]:
    meeting = attendee.meeting
    title = occurrence.shown_title if occurrence else meeting.current.title
    says = SAYS[news.says]
    subject_times = news.subject_times or times
    places = {**news.places, "title": title, "when": subject_times.day_and_clock}
    names = {"title": theirs(title), "organizer": theirs(meeting.organizer.get_full_name())}
    lead = say(says.lead, news.number, **{**news.places, **names, "host": compose.host()})
    return {
        "subject": say(says.subject, **places),
        "lead": lead,
        "title": theirs(title),
        "is_off": is_off,
        "when": _when(times),
        "when_more": _when_more(times, is_off=is_off),
    }


def _when(times: dates.When) -> str:
    return times.rule or say(_("%(day)s, %(span)s"), day=times.day, span=unbroken(times.span))


def _shortly(times: dates.When) -> str:
    return times.rule or times.day_span_and_zone


def _when_more(times: dates.When, *, is_off: bool) -> str:
    if not times.rule:
        return times.zone
    if is_off or not times.days:
        return ""
    days: list[str] = [unbroken(day) for day in times.days]
    named = joined([*days, times.more] if times.more else days)
    return say(_("Next, %(zone)s: %(dates)s"), zone=times.zone, dates=named)


def _since(news: News) -> str:
    if not news.since:
        return ""
    message = _("From %(day)s on, once:") if news.is_once else _("From %(day)s on:")
    return message % {"day": news.since}


def _part_letters(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "A short letter for your calendar follows, about earlier dates:"
        " calendars keep them apart from these.",
        "%(count)s short letters for your calendar follow, about earlier dates:"
        " calendars keep them apart from these.",
        count,
    ) % {"count": count}


# -- coming in ----------------------------------------------------------------------------------


def _door(attendee: Attendee) -> str:
    """What stands between the recipient and the room; empty where everybody can walk in."""
    meeting = attendee.meeting
    early = None if meeting.instant else meeting.early
    if attendee.cohost and (early is not None or meeting.lobby):
        if meeting.lobby:
            return _("You are a host: the door is open to you at any time, and you let people in.")
        return _("You are a host: the door is open to you at any time.")
    if early is None:
        return _("A host lets you in.") if meeting.lobby else ""
    length = {"length": words.length(early)}
    if meeting.lobby:
        if early:
            return _("The door opens %(length)s before the start, and a host lets you in.") % length
        return _("The door opens at the start, and a host lets you in.")
    return (
        _("The door opens %(length)s before the start.") % length
        if early
        else _("The door opens at the start.")
    )


def _table(attendee: Attendee) -> Sentence:
    """Who else comes, as names; addresses are nobody's business."""
    everybody = attendee.meeting.attendees.invited()
    # No more than are shown: each of five hundred letters asks for them.
    first = list(everybody.order_by("pk").values_list("pk", "name", "email")[: MOST_NAMES + 1])
    others = [name or email.partition("@")[0] for pk, name, email in first if pk != attendee.pk]
    names: list[str] = [attendee.meeting.organizer.get_full_name(), *others][:MOST_NAMES]
    left = everybody.count() - len(names) if len(first) > MOST_NAMES else 1 + len(others) - len(names)
    more = [ngettext("%(count)s more", "%(count)s more", left) % {"count": left}] if left else []
    return listed([*(theirs(name) for name in names), *more, pgettext("at the table", "you")])


# -- what is off --------------------------------------------------------------------------------


def _out_of_the_calendar(*, has_file: bool, is_one: bool) -> str:
    if is_one:
        if has_file:
            return _("The file with this letter takes this one out of your calendar; the others stay.")
        return _("A short letter that follows takes this one out of your calendar; the others stay.")
    if has_file:
        return _("The file with this letter takes the meeting out of your calendar.")
    return _("A short letter that follows takes the meeting out of your calendar.")
