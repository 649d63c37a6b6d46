"""What saving the form would send, said beforehand: how many letters, to how many people."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings import words
from meetings.calendar import differences, recurrence
from meetings.calendar.differences import Kind, Timing
from meetings.forms.times import TimedForm
from meetings.letters import part_letters
from meetings.pages.subject import Subject
from meetings.plans import parts


@dataclass(frozen=True)
class Preview:
    """How many people hear of it, as whom, and how many letters that is."""

    told: int = 0
    invited: int = 0
    removed: int = 0
    letters: int = 0
    # A meeting that is planned now, and not one that is changed.
    is_new: bool = False


def of(form: TimedForm, subject: Subject | None, emails: set[str]) -> Preview:
    """What saving would send. `emails` are the list in lower case, where the form has one."""
    if subject is None:
        return Preview(invited=len(emails), letters=len(emails), is_new=True)
    invited = {email.lower() for email in subject.meeting.attendees.invited().values_list("email", flat=True)}
    if subject.one is not None:
        emails = invited
    news, is_parted = _news(form, subject)
    to_told, to_new, to_removed = _letters_each(subject, is_parted=is_parted)
    told = len(emails & invited) if news else 0
    fresh, gone = len(emails - invited), len(invited - emails)
    return Preview(told, fresh, gone, told * to_told + fresh * to_new + gone * to_removed)


def _news(form: TimedForm, subject: Subject) -> tuple[bool, bool]:
    """Whether those who stay on the list are told something, and whether a series is parted for it.

    As `invitations.change` does it: an agenda alone is no news, nor is a series parted that only ends
    elsewhere. What is not a time yet is not the one that it was.
    """
    title = words.plain(form.cleaned_data.get("title") or str(form.data.get("title", "")))
    renamed = title != form.initial.get("title")
    what = _change_of_times(form)
    news = renamed or what is not Kind.SAME
    if subject.since is None:
        return news, False
    if subject.is_in_earlier_part:
        is_parted = news or not form.keeps_everything
        return is_parted, is_parted
    rezoned = form.was is not None and str(form.zone_in(form.cleaned_data)) != form.was.time_zone
    return news or rezoned, renamed or rezoned or what not in (Kind.SAME, Kind.LONGER, Kind.SHORTER)


def _change_of_times(form: TimedForm) -> Kind:
    data, was, zone = form.cleaned_data, form.was, form.zone_in(form.cleaned_data)
    if was is None or zone is None or not {"starts_at", "duration"} <= data.keys():
        return Kind.MOVED
    old = Timing(was.wall_clock, was.duration, was.time_zone, was.rrule, None if was.rrule else was.starts_at)
    start = recurrence.written(form.times_on_the_wall[0])
    new = Timing(start, data["duration"], zone.key, form.rrule, None if form.rrule else data["starts_at"])
    return differences.between(old, new, timezone.now()).kind


def _letters_each(subject: Subject, *, is_parted: bool) -> tuple[int, int, int]:
    """How many letters a change is to one who stays, who is new, and who is taken off the list.

    Calendars are told each part of a series in a letter of its own.
    """
    if subject.since is not None and is_parted:
        return parts.letters_of_following(subject.since)
    if subject.one is not None:
        return 1, 1, 1
    each = part_letters.letters_each(subject.meeting)
    return 1, each, each


def button(preview: Preview, *, anyway: bool) -> str:
    """What the button does. `anyway`: in spite of meetings that this one overlaps with."""
    if not preview.letters:
        return _("Save anyway") if anyway else _("Save")
    if preview.is_new and anyway:
        text = ngettext(
            "Send %(count)s invitation anyway", "Send %(count)s invitations anyway", preview.letters
        )
    elif preview.is_new:
        text = ngettext("Send %(count)s invitation", "Send %(count)s invitations", preview.letters)
    elif anyway:
        text = ngettext(
            "Save and send %(count)s letter anyway", "Save and send %(count)s letters anyway", preview.letters
        )
    else:
        text = ngettext("Save and send %(count)s letter", "Save and send %(count)s letters", preview.letters)
    return text % {"count": preview.letters}


def note(preview: Preview) -> str:
    """The same in sentences, for a meeting that is changed."""
    said = []
    if preview.told:
        said.append(
            ngettext(
                "%(count)s letter says what is new, with the old struck through.",
                "%(count)s letters say what is new, with the old struck through.",
                preview.told,
            )
            % {"count": preview.told}
        )
    if preview.invited:
        said.append(
            ngettext("%(count)s invitation goes out.", "%(count)s invitations go out.", preview.invited)
            % {"count": preview.invited}
        )
    if preview.removed:
        said.append(
            ngettext(
                "%(count)s person is told that they are no longer expected.",
                "%(count)s people are told that they are no longer expected.",
                preview.removed,
            )
            % {"count": preview.removed}
        )
    short = preview.letters - preview.told - preview.invited - preview.removed
    if short > 0:
        said.append(
            ngettext(
                "%(count)s more is a short one, for calendars that keep the parts of a series apart.",
                "%(count)s more are short ones, for calendars that keep the parts of a series apart.",
                short,
            )
            % {"count": short}
        )
    return " ".join(said) or _("So far nothing has changed that anybody needs a letter for.")
