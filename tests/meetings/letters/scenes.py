"""What can happen to a meeting: a scene for each thing that a letter can say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from meetings.calendar import recurrence
from meetings.calendar.recurrence import Rule
from meetings.letters import announcements, digests, intervention_mail, reminders
from meetings.models import Announcement, Attendee, Digest, Meeting, Occurrence, PersonalLink
from meetings.plans import admin_actions, invitations
from meetings.plans.invitations import OccurrencePlan, Plan
from outbox import delivery
from outbox.models import Letter

STORED = Path(__file__).parent / "stored"
PEOPLE = "Bob Lindqvist <bob@example.org>, Dave <dave@far.example>, Erin <erin@far.example>"
PartStat = Attendee.PartStat
AN_HOUR = timedelta(hours=1)
# A few days before the meetings of all scenes.
NOON = datetime(2030, 11, 20, 12, 0, tzinfo=UTC)


@dataclass
class Stage:
    """Alice organizes, Carol administers; Bob said yes, Dave no, and Erin nothing."""

    alice: User
    carol: User
    make: Callable[..., Plan]
    settings: Any
    monkeypatch: Any
    meeting: Meeting = None  # type: ignore[assignment]
    first: Plan = None  # type: ignore[assignment]

    def plan(self, **facts: Any) -> None:
        self.first = self.make(PEOPLE, **facts)
        self.meeting = invitations.schedule(self.alice, self.first)

    def begin(self, **facts: Any) -> None:
        """A meeting of which everybody has heard."""
        self.plan(**facts)
        delivery.deliver_due("test")
        for name, said in (("Bob Lindqvist", PartStat.ACCEPTED), ("Dave", PartStat.DECLINED)):
            invitations.respond(self.meeting.attendees.get(name=name), said)

    def change(self, since: Occurrence | None = None, **facts: Any) -> None:
        invitations.change(self.meeting, replace(self.first, **facts), since=since)

    def part(self, number: int = 2, **facts: Any) -> None:
        """Change the series from its date of this number on."""
        since = self.date(number)
        series = self.meeting.current
        rest = recurrence.rest(series.rrule, series.wall_clock, since.recurrence_id)
        self.change(since, **{"starts_at": since.starts_at, "rrule": rest, **facts})

    def date(self, number: int) -> Occurrence:
        return self.meeting.occurrences.all()[number - 1]

    def now(self, at: datetime) -> None:
        self.monkeypatch.setattr(timezone, "now", lambda: at)

    def waiting(self) -> QuerySet[Letter]:
        return Letter.objects.waiting().order_by("pk")


def weekly(count: int, every: int = 1) -> str:
    return str(Rule("WEEKLY", every, count=count))


# A scene sets the stage up to where its letter waits in the outbox.
SCENES: dict[str, Callable[[Stage], None]] = {}
# Of which the letter is another one than Bob's newest: its kind and the beginning of its address.
OTHERS: dict[str, tuple[str, str]] = {}


def scene(kind: str = "", to: str = "bob") -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
    def register(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
        name = play.__name__.replace("_", "-")
        SCENES[name] = play
        OTHERS[name] = (kind, to)
        return play

    return register


def stored(name: str) -> tuple[str, Any, str]:
    """What the outbox had for the letter of a scene in November 2026, and what came of it."""
    kind, payload, text = (STORED / f"{name}.txt").read_text().split("\n", 2)
    return kind, json.loads(payload), text


def letter_of(name: str, stage: Stage) -> Letter:
    """The letter that a scene is about, waiting."""
    SCENES[name](stage)
    kind, to = OTHERS[name]
    letters = stage.waiting().filter(recipient__startswith=f"{to}@")
    letter = (letters.filter(kind=kind) if kind else letters.exclude(kind="part")).last()
    assert letter is not None
    return letter


# -- invitations --------------------------------------------------------------------------------


@scene()
def invitation(stage):
    stage.plan()


@scene()
def invitation_with_everything(stage):
    people = ", ".join([PEOPLE, *(f"Person {number} <p{number}@far.example>" for number in range(20))])
    plan = stage.make(
        people,
        description="What we do\nand why.",
        agenda="Welcome (5)\nNumbers\nQuestions (10 min)",
        lobby=True,
        early=timedelta(minutes=10),
    )
    stage.meeting = invitations.schedule(stage.alice, plan)


@scene()
def invitation_of_a_host(stage):
    plan = stage.make(PEOPLE, lobby=True, cohosts=frozenset({"bob@example.org"}))
    stage.meeting = invitations.schedule(stage.alice, plan)


@scene()
def invitation_where_answers_come_back(stage):
    stage.settings.REPLY_ADDRESS = "meetings@example.org"
    stage.plan()


@scene()
def invitation_to_a_series(stage):
    stage.plan(rrule=weekly(8))


@scene(to="frank")
def invitation_to_a_series_with_exceptions(stage):
    stage.begin(rrule=weekly(8))
    one, two, three = (stage.date(number) for number in (2, 3, 4))
    invitations.cancel_occurrence(one)
    invitations.change_occurrence(
        two, OccurrencePlan("Autumn timetable", two.starts_at + AN_HOUR, two.duration)
    )
    later = three.starts_at + timedelta(days=1)
    invitations.change_occurrence(three, OccurrencePlan("Autumn timetable", later, three.duration))
    people = stage.make(f"{PEOPLE}, Frank <frank@far.example>").people
    stage.change(people=people)


@scene(to="frank")
def invitation_to_a_series_in_parts(stage):
    stage.begin(rrule=weekly(4))
    stage.part(starts_at=stage.date(2).starts_at + AN_HOUR)
    stage.change(people=stage.make(f"{PEOPLE}, Frank <frank@far.example>").people, **as_it_is(stage))


@scene("part", to="frank")
def part_to_answer(stage):
    invitation_to_a_series_in_parts(stage)


@scene()
def invitation_again(stage):
    stage.begin()
    invitations.resend(stage.meeting.attendees.get(name="Bob Lindqvist"))


@scene()
def invitation_again_to_a_series_in_parts(stage):
    stage.begin(rrule=weekly(4))
    stage.part(starts_at=stage.date(2).starts_at + AN_HOUR)
    invitations.respond(stage.meeting.attendees.get(name="Bob Lindqvist"), PartStat.ACCEPTED)
    delivery.deliver_due("test")
    invitations.resend(stage.meeting.attendees.get(name="Bob Lindqvist"))


def as_it_is(stage: Stage) -> dict[str, Any]:
    """The times of the meeting, as a plan has them."""
    series = stage.meeting.current
    return {"starts_at": series.starts_at, "rrule": series.rrule, "wall_clock": series.wall_clock}


# -- changes ------------------------------------------------------------------------------------


@scene()
def moved(stage):
    stage.begin()
    stage.change(starts_at=stage.first.starts_at + AN_HOUR)


@scene()
def moved_series(stage):
    stage.begin(rrule=weekly(4))
    stage.change(starts_at=stage.first.starts_at + AN_HOUR)


@scene()
def moved_and_renamed(stage):
    stage.begin()
    stage.change(starts_at=stage.first.starts_at + AN_HOUR, title="Winter timetable")


@scene()
def renamed(stage):
    stage.begin(rrule=weekly(3))
    stage.change(title="Winter timetable")


@scene()
def restored(stage):
    stage.begin()
    stage.change(starts_at=stage.first.starts_at + AN_HOUR)
    stage.change()


@scene()
def other_days(stage):
    stage.begin(rrule=weekly(4))
    stage.change(rrule=weekly(4, every=2))


@scene()
def other_dates(stage):
    stage.begin(rrule=weekly(4))
    stage.change(starts_at=stage.date(2).starts_at, rrule=weekly(4))


@scene()
def other_dates_and_longer(stage):
    stage.begin(rrule=weekly(4))
    stage.change(starts_at=stage.date(2).starts_at, rrule=weekly(4), duration=2 * AN_HOUR)


@scene()
def other_dates_and_shorter(stage):
    stage.begin(rrule=weekly(4))
    stage.change(starts_at=stage.date(2).starts_at, rrule=weekly(4), duration=AN_HOUR / 2)


@scene()
def one_more_date(stage):
    stage.begin(rrule=weekly(3))
    stage.change(rrule=weekly(4))


@scene()
def more_dates(stage):
    stage.begin(rrule=weekly(3))
    stage.change(rrule=weekly(9))


@scene(to="erin")
def more_dates_to_whoever_said_nothing(stage):
    more_dates(stage)


@scene()
def longer(stage):
    stage.begin()
    stage.change(duration=2 * AN_HOUR)


@scene(to="dave")
def longer_to_whoever_said_no(stage):
    longer(stage)


@scene()
def shorter(stage):
    stage.begin(rrule=weekly(3))
    stage.change(duration=AN_HOUR / 2)


@scene()
def now_a_series(stage):
    stage.begin()
    stage.change(rrule=weekly(4))


@scene(to="erin")
def now_a_series_to_whoever_said_nothing(stage):
    now_a_series(stage)


@scene(to="dave")
def now_a_series_of_longer_meetings(stage):
    stage.begin()
    stage.change(rrule=weekly(4), duration=2 * AN_HOUR)


@scene()
def now_a_series_of_shorter_meetings(stage):
    stage.begin()
    stage.change(rrule=weekly(4), duration=AN_HOUR / 2)


@scene()
def now_once(stage):
    stage.begin(rrule=weekly(3))
    stage.change(rrule="", starts_at=stage.date(2).starts_at)


@scene()
def now_once_and_longer(stage):
    stage.begin(rrule=weekly(3))
    stage.change(rrule="", starts_at=stage.date(2).starts_at, duration=2 * AN_HOUR)


@scene()
def now_once_and_shorter(stage):
    stage.begin(rrule=weekly(3))
    stage.change(rrule="", starts_at=stage.date(2).starts_at, duration=AN_HOUR / 2)


@scene()
def one_date_less(stage):
    stage.begin(rrule=weekly(4))
    stage.change(rrule=weekly(3))


@scene()
def fewer_dates(stage):
    stage.begin(rrule=weekly(12))
    stage.change(rrule=weekly(4))


@scene()
def cancelled_from_one_on(stage):
    stage.begin(rrule=weekly(6))
    invitations.cancel_from(stage.date(4))


# -- changes of this and the following ----------------------------------------------------------


@scene()
def moved_from_one_on(stage):
    stage.begin(rrule=weekly(4))
    stage.part(starts_at=stage.date(2).starts_at + AN_HOUR)


@scene("part")
def part_that_ends_earlier(stage):
    moved_from_one_on(stage)


@scene()
def renamed_from_one_on(stage):
    stage.begin(rrule=weekly(4))
    stage.part(title="Winter timetable")


@scene()
def longer_from_one_on(stage):
    stage.begin(rrule=weekly(4))
    stage.part(duration=2 * AN_HOUR)


@scene()
def other_days_from_one_on(stage):
    stage.begin(rrule=weekly(4))
    stage.part(rrule=weekly(3, every=2))


@scene()
def once_from_one_on(stage):
    stage.begin(rrule=weekly(4))
    stage.part(rrule="", starts_at=stage.date(2).starts_at + AN_HOUR)


@scene()
def last_date_moved(stage):
    stage.begin(rrule=weekly(4))
    stage.part(4, starts_at=stage.date(4).starts_at + AN_HOUR)


@scene("part")
def part_that_is_no_more(stage):
    stage.begin(rrule=weekly(6))
    stage.part(3, starts_at=stage.date(3).starts_at + AN_HOUR)
    delivery.deliver_due("test")
    invitations.cancel_from(stage.date(4))
    delivery.deliver_due("test")
    invitations.cancel_from(stage.date(2))


@scene()
def cancelled_with_its_parts(stage):
    stage.begin(rrule=weekly(4))
    stage.part(starts_at=stage.date(2).starts_at + AN_HOUR)
    delivery.deliver_due("test")
    invitations.cancel(stage.meeting)


# -- one date of a series -----------------------------------------------------------------------


@scene()
def one_moved(stage):
    stage.begin(rrule=weekly(4))
    one = stage.date(2)
    invitations.change_occurrence(
        one, OccurrencePlan("Autumn timetable", one.starts_at + AN_HOUR, one.duration)
    )


@scene()
def one_renamed(stage):
    stage.begin(rrule=weekly(4))
    one = stage.date(2)
    plan = OccurrencePlan("With the mayor", one.starts_at, one.duration, "What she wants\nWhat we want")
    invitations.change_occurrence(one, plan)


@scene()
def one_as_before(stage):
    one_moved(stage)
    one = stage.date(2)
    invitations.change_occurrence(
        one, OccurrencePlan("Autumn timetable", one.starts_at - AN_HOUR, one.duration)
    )
    # The letter about the first of the two changes never went out.
    letter = stage.waiting().filter(recipient="bob@example.org").last()
    letter.payload["before"] = {**letter.payload["before"], "starts_at": one.starts_at.isoformat()}
    letter.save()


@scene()
def one_cancelled(stage):
    stage.begin(rrule=weekly(4))
    invitations.cancel_occurrence(stage.date(2))


# -- the end ------------------------------------------------------------------------------------


@scene()
def cancelled(stage):
    stage.begin()
    invitations.cancel(stage.meeting)


@scene()
def cancelled_series(stage):
    stage.begin(rrule=weekly(4))
    invitations.cancel(stage.meeting)


@scene()
def cancelled_by_an_administrator(stage):
    stage.begin()
    admin_actions.cancel(admin_actions.cancellable(Meeting.objects.all()), stage.carol)


@scene()
def removed(stage):
    stage.begin()
    invitations.remove(stage.meeting.attendees.get(name="Bob Lindqvist"))


@scene()
def removed_as_it_moved(stage):
    stage.begin()
    people = stage.make("Dave <dave@far.example>").people
    stage.change(starts_at=stage.first.starts_at + AN_HOUR, people=people)


@scene()
def removed_and_cancelled_since(stage):
    removed(stage)
    invitations.cancel(stage.meeting)


# -- letters without a calendar -----------------------------------------------------------------


@scene("reminder")
def reminder(stage):
    stage.begin(reminders=(60,), agenda="Welcome (5)\nNumbers")
    stage.now(stage.meeting.starts_at - AN_HOUR)
    reminders.write()


@scene("reminder", to="alice")
def reminder_to_the_organizer(stage):
    reminder(stage)


@scene("reminder")
def reminder_of_one_date(stage):
    stage.begin(reminders=(24 * 60,), rrule=weekly(4))
    stage.now(stage.date(2).starts_at - timedelta(days=1))
    reminders.write()


@scene("announcement")
def word_to_everybody(stage):
    stage.begin()
    announcements.write(
        stage.meeting, "Bring your laptop", "We need it.\n\nAnd a pen.\nOr two.", Announcement.Audience.ALL
    )


@scene("announcement")
def word_after_the_end(stage):
    stage.begin()
    stage.now(stage.meeting.ends_at + AN_HOUR)
    announcements.write(stage.meeting, "Thank you", "It was good.", Announcement.Audience.COMING)


def _wants_news(stage: Stage) -> None:
    digests.turn(stage.alice, on=True)
    Digest.objects.update(told_until=timezone.now())


@scene("digest", to="alice")
def new_answer(stage):
    stage.begin()
    _wants_news(stage)
    stage.now(timezone.now() + AN_HOUR)
    invitations.respond(stage.meeting.attendees.get(name="Erin"), PartStat.TENTATIVE, "Perhaps late")
    digests.write()


@scene("digest", to="alice")
def new_answers(stage):
    stage.begin(rrule=weekly(4))
    _wants_news(stage)
    stage.now(timezone.now() + AN_HOUR)
    erin = stage.meeting.attendees.get(name="Erin")
    invitations.respond(erin, PartStat.ACCEPTED, "With pleasure")
    invitations.respond(erin, PartStat.DECLINED, "My birthday", occurrence=stage.date(2))
    digests.write()


@scene("digest", to="alice")
def more_new_answers_than_a_letter_holds(stage):
    stage.monkeypatch.setattr(digests, "MOST_LINES", 2)
    stage.plan()
    delivery.deliver_due("test")
    _wants_news(stage)
    stage.now(timezone.now() + AN_HOUR)
    for attendee in stage.meeting.attendees.all():
        invitations.respond(attendee, PartStat.ACCEPTED)
    digests.write()


@scene("intervention", to="alice")
def told_of_cancelled_meetings(stage):
    cancelled_by_an_administrator(stage)


@scene("intervention", to="alice")
def told_of_very_many_cancelled_meetings(stage):
    for number in range(20):
        stage.meeting = invitations.schedule(
            stage.alice, stage.make(title=f"Number {number}", rrule=weekly(2))
        )
    lines = [intervention_mail.named(meeting, stage.alice) for meeting in Meeting.objects.order_by("pk")] * 2
    intervention_mail.tell(stage.alice, stage.carol, "cancelled", lines)


@scene("intervention", to="alice")
def told_of_ended_links(stage):
    stage.begin()
    admin_actions.revoke(PersonalLink.objects.filter(attendee__name="Dave"), stage.carol)


@scene("intervention", to="alice")
def told_of_an_ended_feed(stage):
    intervention_mail.tell(stage.alice, stage.carol, "feed", [])
