"""A database from before there was `Series` is brought over, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from icalendar import Calendar

from accounts.models import User
from meetings import links
from meetings.calendar import itip
from meetings.letters import events
from meetings.models import Answer, Attendee, Meeting, Occurrence, Series
from meetings.pages import feed, overview
from outbox import delivery
from tests.meetings.before_series import SECRET, UIDS, Before

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = ("meetings", "0014_field_words")
# Where there were series, and answers to the whole stood on attendees.
SPLIT_ANSWERS = ("meetings", "0019_way_back")
# What calendars were told by the code of that time, of the same rows.
CALENDARS = Path(__file__).with_name("before_series.ics")
STAMP = datetime(2026, 3, 1, tzinfo=UTC)


def migrate(to: tuple[str, str] | None = None) -> Any:
    """To one migration of meetings, or to the last; the models as they are there."""
    executor = MigrationExecutor(connection)
    last = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] == "meetings"]
    return executor.migrate([to] if to else last).apps


@pytest.fixture(scope="module")
def states(snapshots, django_db_blocker) -> dict[str, Any]:
    """The way from then to now, gone once: snapshots, and what models were like there."""
    models = {}
    with django_db_blocker.unblock():
        models["before"] = migrate(BEFORE)
        Before(models["before"])
        snapshots.take("before")
        models["split answers"] = migrate(SPLIT_ANSWERS)
        snapshots.take("split answers")
        migrate()
        snapshots.take("brought over")
        snapshots.go_back_to("split answers")
        erin(models["split answers"])
        frank(models["split answers"])
        what_was_cancelled(models["split answers"])
        snapshots.take("more split answers")
        migrate()
        snapshots.take("more brought over")
    return models


@pytest.fixture
def at(snapshots, states):
    """`at("before")`: the database is in this state, whose models it answers."""

    def go(name: str) -> Any:
        snapshots.go_back_to(name)
        return states.get(name.removeprefix("more "))

    yield go
    snapshots.go_back_to("today")


@pytest.fixture
def brought_over(at) -> None:
    at("brought over")


def rows(apps: Any, *, besides: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
    """All that there is of meetings, but for the numbers of what is made anew on the way."""
    return {
        name: [
            {field: value for field, value in row.items() if field not in besides}
            for row in apps.get_model("meetings", name).objects.order_by("pk").values()
        ]
        for name in ("Meeting", "EarlierSeries", "Occurrence", "Attendee", "Answer", "PersonalLink")
    }


def told() -> bytes:
    """What calendars are told of every meeting: as a file, and to each attendee."""
    found = []
    for meeting in Meeting.objects.filter(personal=False).order_by("pk"):
        for attendee in (None, *meeting.attendees.order_by("pk")):
            for series in meeting.series.all():
                facts = events.facts(series, attendee)
                if attendee is None:
                    found.append(itip.publish([facts], STAMP, cancelled=False))
                else:
                    said = attendee.answer_to(series.pk).partstat
                    guest = itip.Guest(attendee.name, attendee.email, said, attendee.optional)
                    found.append(itip.request(facts, guest, STAMP))
    return b"".join(found)


@pytest.mark.usefixtures("brought_over")
def test_calendars_are_told_the_same_to_the_byte():
    assert told() == CALENDARS.read_bytes()


@pytest.mark.usefixtures("brought_over")
def test_every_meeting_with_a_time_has_its_series_in_order_and_a_room_of_ones_own_has_none():
    series = {
        meeting.title: list(meeting.series.values_list("uid", flat=True)) for meeting in Meeting.objects.all()
    }
    assert series == {
        "Retrospective": [UIDS["first"], UIDS["second"], UIDS["last"]],
        "Night shift": [UIDS["once"]],
        "Weekly": [UIDS["weekly"]],
        "Alice’s room": [],
    }
    for meeting in Meeting.objects.filter(personal=False):
        assert meeting.current == meeting.series.last()
    assert not Occurrence.objects.exclude(series__in=Series.objects.all()).exists()


@pytest.mark.usefixtures("brought_over")
def test_every_date_is_called_what_it_was():
    titles = [one.shown_title for one in Occurrence.objects.filter(meeting__title="Retrospective")]
    assert titles == ["Stand-up", "With the board", "Stand-up", "Stand-up", "Retrospective", "Retrospective"]
    assert [one.shown_title for one in Occurrence.objects.filter(meeting__title="Weekly")][2] == "The last"


@pytest.mark.usefixtures("brought_over")
def test_a_meeting_in_the_hour_that_comes_twice_stays_in_the_second():
    assert Meeting.objects.get(title="Night shift").starts_at == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)


@pytest.mark.usefixtures("brought_over")
def test_answers_are_what_they_were():
    bob = User.objects.get(name="Bob")
    shown = [
        row.partstat for row in overview.rows(overview.coming(bob), bob) if row.meeting.title != "Weekly"
    ]
    assert shown == ["TENTATIVE", *["ACCEPTED"] * 5]
    dave = Meeting.objects.get(title="Retrospective").attendees.get(name="Dave")
    to_dates = dave.answers.exclude(occurrence=None).values_list("partstat", "note")
    assert sorted(to_dates) == [("DECLINED", "Away"), ("TENTATIVE", ""), ("TENTATIVE", "")]
    to_all = dave.answers.to_all().order_by("series").values_list("series__uid", "partstat")
    assert list(to_all) == [(UIDS[name], "TENTATIVE") for name in ("first", "second", "last")]
    with_pleasure = bob.invitations.get(meeting__title="Retrospective").answer
    assert (with_pleasure.partstat, with_pleasure.note) == ("ACCEPTED", "With pleasure")
    assert with_pleasure.recorded_at == datetime(2026, 1, 5, tzinfo=UTC)
    assert len(feed.contents(bob).series) == 4


@pytest.mark.usefixtures("brought_over")
def test_the_personal_link_of_a_letter_still_lets_in():
    assert links.find(SECRET).attendee.email == "dave@far.example"


@pytest.mark.usefixtures("brought_over")
def test_letters_that_waited_say_to_calendars_what_they_would_have_said(mailoutbox):
    delivery.deliver_due("test")
    said = []
    for message in mailoutbox:
        parts = [part for part in message.message().walk() if part.get_content_type() == "text/calendar"]
        calendar: Any = Calendar.from_ical(parts[0].get_payload(decode=True))
        found = [
            (str(e["UID"]), int(e["SEQUENCE"]), "RECURRENCE-ID" in e, e["ATTENDEE"].params["PARTSTAT"])
            for e in calendar.walk("VEVENT")
        ]
        said.append((message.subject, found))
    first, last = str(UIDS["first"]), str(UIDS["last"])
    assert said == [
        ("Moved from Mon 25 Nov on: Retrospective (Mon 23 Dec, 11:00)", [(last, 5, False, "TENTATIVE")]),
        (
            "For your calendar: Stand-up (until Mon 2 Dec)",
            [(first, 3, False, "TENTATIVE"), (first, 3, True, "DECLINED"), (first, 3, True, "TENTATIVE")],
        ),
        ("Moved: With the board (Tue 3 Dec, 10:00)", [(first, 3, True, "TENTATIVE")]),
    ]


def test_back_again_all_is_as_it_was(at):
    before = at("before")
    anew = ("id", "uid", "earlier_id", "starts_at", "wall_clock")
    was, uids = (
        rows(before),
        set(before.get_model("meetings", "EarlierSeries").objects.values_list("uid", flat=True)),
    )
    were = list(
        before.get_model("meetings", "Occurrence")
        .objects.order_by("pk")
        .values_list("pk", "earlier__uid", "title")
    )
    at("brought over")
    back = migrate(BEFORE)
    now = rows(back)
    [room] = [row for row in was["Meeting"] if row["personal"]]
    [room_now] = [row for row in now["Meeting"] if row["personal"]]
    assert {name: room_now[name] for name in room if name not in anew} == {
        name: room[name] for name in room if name not in anew
    }
    for name in ("Attendee", "Answer", "PersonalLink"):
        assert now[name] == was[name]
    assert [row for row in now["Meeting"] if not row["personal"]] == [
        row for row in was["Meeting"] if not row["personal"]
    ]
    assert set(back.get_model("meetings", "EarlierSeries").objects.values_list("uid", flat=True)) == uids
    parts = (
        back.get_model("meetings", "Occurrence")
        .objects.order_by("pk")
        .values_list("pk", "earlier__uid", "title")
    )
    assert list(parts) == were


@pytest.mark.usefixtures("brought_over")
def test_on_the_way_back_dates_of_two_parts_may_share_a_time_and_what_was_cancelled_is_gone():
    weekly = Series.objects.get(uid=UIDS["weekly"])
    one = weekly.occurrences.all()[0]
    same = {name: getattr(weekly, name) for name in ("title", "starts_at", "time_zone", "duration", "rrule")}
    times = {"recurrence_id": one.recurrence_id, "starts_at": one.starts_at, "ends_at": one.ends_at}
    for off_at in (None, timezone.now()):
        part = Series.objects.create(meeting=weekly.meeting, cancelled_at=off_at, **same)
        Occurrence.objects.create(meeting=weekly.meeting, series=part, cancelled_at=off_at, **times)
    back = migrate(BEFORE)
    earlier = back.get_model("meetings", "EarlierSeries").objects.filter(meeting__title="Weekly")
    assert earlier.count() == 1
    dates = back.get_model("meetings", "Occurrence").objects.filter(meeting__title="Weekly")
    assert dates.filter(recurrence_id=one.recurrence_id).count() == 2
    migrate()


def erin(apps: Any) -> Any:
    """She comes to the last part; to the first she said no, date by date, and to the second nothing."""
    Attendee, Answer, Meeting, Occurrence = (
        apps.get_model("meetings", name) for name in ("Attendee", "Answer", "Meeting", "Occurrence")
    )
    meeting = Meeting.objects.get(title="Retrospective")
    said_at = datetime(2026, 1, 7, tzinfo=UTC)
    found = Attendee.objects.create(
        meeting_id=meeting.pk, email="erin@example.org", partstat="ACCEPTED", answered_at=said_at, note="Tea!"
    )
    for name, partstat in (("first", "DECLINED"), ("second", "NEEDS-ACTION")):
        for occurrence in Occurrence.objects.filter(series__uid=UIDS[name], cancelled_at=None):
            Answer.objects.create(attendee_id=found.pk, occurrence_id=occurrence.pk, partstat=partstat)
    return found


def frank(apps: Any) -> Any:
    """He was taken off the list after it was parted, when he had said no; and to one date yes."""
    Attendee, Answer, Meeting, Occurrence = (
        apps.get_model("meetings", name) for name in ("Attendee", "Answer", "Meeting", "Occurrence")
    )
    meeting = Meeting.objects.get(title="Retrospective")
    no = {"partstat": "DECLINED", "answered_at": datetime(2026, 1, 8, tzinfo=UTC)}
    found = Attendee.objects.create(
        meeting_id=meeting.pk, email="frank@example.org", removed_at=datetime(2026, 1, 9, tzinfo=UTC), **no
    )
    dates = Occurrence.objects.filter(series__uid__in=(UIDS["first"], UIDS["second"]), cancelled_at=None)
    for number, occurrence in enumerate(dates.order_by("pk")):
        said = {"partstat": "ACCEPTED", "note": "With cake"} if number == 0 else no
        Answer.objects.create(attendee_id=found.pk, occurrence_id=occurrence.pk, **said)
    return found


def what_was_cancelled(apps: Any) -> Any:
    """What followed the last part, and was cancelled: two dates, to one of which Dave had said no."""
    Attendee, Answer, Meeting, Occurrence, Series = (
        apps.get_model("meetings", name) for name in ("Attendee", "Answer", "Meeting", "Occurrence", "Series")
    )
    meeting = Meeting.objects.get(title="Retrospective")
    off_at = datetime(2026, 2, 2, tzinfo=UTC)
    last = Series.objects.get(uid=UIDS["last"])
    same = {name: getattr(last, name) for name in ("title", "time_zone", "duration", "rrule")}
    starts = [datetime(2031, 1, 6, 10, tzinfo=UTC) + timedelta(weeks=week) for week in range(2)]
    times = {"starts_at": starts[0], "wall_clock": "2031-01-06T05:00"}
    rest = Series.objects.create(meeting_id=meeting.pk, cancelled_at=off_at, **times, **same)
    dates = [
        Occurrence.objects.create(
            meeting_id=meeting.pk,
            series_id=rest.pk,
            recurrence_id=f"{at:%Y-%m-%d}T05:00",
            starts_at=at,
            ends_at=at + last.duration,
            cancelled_at=off_at,
        )
        for at in starts
    ]
    dave = Attendee.objects.get(meeting_id=meeting.pk, name="Dave")
    Answer.objects.create(attendee_id=dave.pk, occurrence_id=dates[1].pk, partstat="DECLINED", note="At sea")
    return rest


def answers_of(attendee: Any) -> dict[str, list[str]]:
    """By part of the series: what they say to the whole, and to each of its dates."""
    names = {uid: name for name, uid in UIDS.items()}
    return {
        names.get(part.uid, "rest"): [
            str(attendee.answer_to(part.pk).partstat),
            *(one.answer_of(attendee).partstat for one in part.occurrences.filter(cancelled_at=None)),
        ]
        for part in attendee.meeting.series.all()
    }


def test_what_was_said_to_each_date_of_a_part_is_what_was_said_to_all_of_it(at):
    at("more brought over")
    attendee = Attendee.objects.get(email="erin@example.org")
    assert answers_of(attendee) == {
        "first": ["DECLINED", "DECLINED", "DECLINED"],
        "second": ["NEEDS-ACTION", "NEEDS-ACTION"],
        "last": ["ACCEPTED", "ACCEPTED", "ACCEPTED"],
        "rest": ["ACCEPTED"],
    }
    assert (attendee.answer.note, attendee.answer.answered_at) == ("Tea!", datetime(2026, 1, 7, tzinfo=UTC))


def test_what_was_said_by_whoever_was_taken_off_the_list_and_to_what_was_cancelled_is_brought_over(at):
    at("more brought over")
    attendee = Attendee.objects.get(email="frank@example.org")
    assert answers_of(attendee) == {
        "first": ["DECLINED", "ACCEPTED", "DECLINED"],
        "second": ["DECLINED", "DECLINED"],
        "last": ["DECLINED", "DECLINED", "DECLINED"],
        "rest": ["DECLINED"],
    }
    assert attendee.answers.to_one().filter(note="With cake").count() == 1
    [cancelled] = Series.objects.filter(meeting__title="Retrospective").exclude(uid__in=UIDS.values())
    dave = cancelled.meeting.attendees.get(name="Dave")
    said = [one.answer_of(dave) for one in cancelled.occurrences.all()]
    assert [(answer.partstat, answer.note) for answer in said] == [("TENTATIVE", ""), ("DECLINED", "At sea")]
    assert {answer.series_id for answer in said} == {cancelled.pk}


def test_answers_go_back_to_where_they_stood(at):
    def stored(apps: Any) -> list[Any]:
        return [
            list(apps.get_model("meetings", name).objects.order_by("pk").values())
            for name in ("Attendee", "Answer")
        ]

    was = stored(at("more split answers"))
    at("more brought over")
    assert stored(migrate(SPLIT_ANSWERS)) == was


@pytest.mark.usefixtures("brought_over")
def test_what_was_said_to_all_of_an_earlier_part_goes_back_to_each_of_its_dates():
    dave = Meeting.objects.get(title="Retrospective").attendees.get(name="Dave")
    [second] = dave.meeting.series.filter(uid=UIDS["second"])
    dave.answers.filter(series=second).to_one().ask_anew()
    dave.answers.filter(series=second).to_all().update(partstat="DECLINED", note="Away")
    then = migrate(SPLIT_ANSWERS)
    own = then.get_model("meetings", "Answer").objects.filter(attendee=dave.pk, occurrence__series=second.pk)
    assert [(answer.partstat, answer.note) for answer in own] == [("DECLINED", "Away")]
    assert then.get_model("meetings", "Attendee").objects.get(pk=dave.pk).partstat == "TENTATIVE"
    migrate()
    assert Attendee.objects.get(pk=dave.pk).answer_to(second.pk).partstat == "DECLINED"


@pytest.mark.usefixtures("brought_over")
def test_on_the_way_back_the_same_answer_to_two_parts_is_written_down_for_the_dates_of_the_earlier_one():
    """Else what is said to the last one afterwards would be said to those dates too."""
    bob = Meeting.objects.get(title="Retrospective").attendees.get(name="Bob")
    first, at = bob.meeting.series.get(uid=UIDS["first"]), datetime(2026, 1, 6, tzinfo=UTC)
    bob.answers.filter(series=first).to_one().delete()
    heard = {"recorded_at": at, "stamped_at": at, "note": "By mail"}
    bob.answers.filter(series=first).update(**heard)
    assert bob.answer_to(first.pk).partstat == bob.answer.partstat == "ACCEPTED"
    then = migrate(SPLIT_ANSWERS)
    own = then.get_model("meetings", "Answer").objects.filter(attendee=bob.pk, occurrence__series=first.pk)
    assert list(own.values("partstat", *heard)) == [{"partstat": "ACCEPTED", **heard}] * 2
    migrate()


@pytest.mark.usefixtures("brought_over")
def test_an_answer_is_about_a_date_of_the_series_that_it_is_to():
    dave = Meeting.objects.get(title="Retrospective").attendees.get(name="Dave")
    other = Series.objects.get(uid=UIDS["weekly"])
    elsewhere = other.occurrences.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(attendee=dave, series=dave.meeting.current, occurrence=elsewhere)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(attendee=dave, series=dave.meeting.current)
