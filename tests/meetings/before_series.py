"""A database as it was before there was `Series`: one in three parts, and what else is brought over."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

# All but the title are of this kind: 2030-11-25T10:00, as a clock in Berlin shows it.
BERLIN, HALF_AN_HOUR = "Europe/Berlin", timedelta(minutes=30)
UIDS = {
    name: uuid.UUID(int=n) for n, name in enumerate(("first", "second", "last", "once", "weekly", "room"), 1)
}
SECRET = "dave-came-by-this"
MONDAYS = [datetime(2030, 11, 25, 10) + timedelta(weeks=week) for week in range(6)]


def key(wall: datetime) -> str:
    return wall.isoformat(timespec="minutes")


def at(wall: datetime, zone: str = BERLIN) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


class Before:
    """Makes the rows by the models that `apps` has."""

    def __init__(self, apps: Any) -> None:
        self._model = apps.get_model
        self.alice = self._user("alice", "Alice", time_zone=BERLIN)
        self.bob = self._user("bob", "Bob")
        self._parted()
        self._once()
        self._weekly()
        self._make(
            "Meeting",
            organizer=self.alice,
            title="Alice’s room",
            personal=True,
            uid=UIDS["room"],
            starts_at=at(MONDAYS[0]),
            ends_at=datetime(2200, 1, 1, tzinfo=UTC),
            wall_clock=key(MONDAYS[0]),
            time_zone=BERLIN,
        )

    def _user(self, name: str, called: str, **facts: Any) -> Any:
        return self._model("accounts", "User").objects.create(
            email=f"{name}@example.org", name=called, password="!", **facts
        )

    def _make(self, model: str, **facts: Any) -> Any:
        return self._model("meetings", model).objects.create(**facts)

    def _letter(self, name: str, kind: str, **facts: Any) -> Any:
        letters = self._model("outbox", "Letter").objects
        return letters.create(key=name, kind=kind, expires_at=datetime(2031, 6, 1, tzinfo=UTC), **facts)

    def _date(
        self, meeting: Any, wall: datetime, earlier: Any = None, zone: str = BERLIN, **facts: Any
    ) -> Any:
        starts_at = facts.pop("starts_at", at(wall, zone))
        length = facts.pop("length", HALF_AN_HOUR)
        times = {"recurrence_id": key(wall), "starts_at": starts_at, "ends_at": starts_at + length}
        return self._make("Occurrence", meeting=meeting, earlier=earlier, **times, **facts)

    def _parted(self) -> None:
        """Two Mondays, two an hour later, two in New York, called otherwise; Dave waits for three letters."""
        new_york = [wall.replace(hour=5) for wall in MONDAYS[4:]]
        self.parted = meeting = self._make(
            "Meeting",
            code="pppp-ppppp-pppp",
            organizer=self.alice,
            title="Retrospective",
            agenda="What was",
            description="Bring tea",
            uid=UIDS["last"],
            sequence=5,
            asked_sequence=4,
            lengthened_sequence=2,
            starts_at=at(new_york[0], "America/New_York"),
            wall_clock=key(new_york[0]),
            duration=HALF_AN_HOUR,
            ends_at=at(new_york[1], "America/New_York") + HALF_AN_HOUR,
            time_zone="America/New_York",
            rrule="FREQ=WEEKLY;COUNT=2",
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        parts = [
            self._make(
                "EarlierSeries",
                meeting=meeting,
                uid=UIDS[name],
                sequence=number,
                asked_sequence=number - 1,
                title="Stand-up",
                wall_clock=key(start),
                time_zone=BERLIN,
                duration=HALF_AN_HOUR,
                rrule=f"FREQ=WEEKLY;UNTIL={until:%Y%m%d}",
            )
            for name, number, start, until in (
                ("first", 3, MONDAYS[0], MONDAYS[1]),
                ("second", 4, MONDAYS[2].replace(hour=11), MONDAYS[3]),
            )
        ]
        first, second = parts
        later = at(MONDAYS[1]) + timedelta(days=1)
        one = self._date(meeting, MONDAYS[0], first, title="Stand-up")
        moved = self._date(
            meeting, MONDAYS[1], first, title="With the board", moved=True, starts_at=later, asked_sequence=2
        )
        off = self._date(
            meeting,
            MONDAYS[2].replace(hour=11),
            second,
            title="Stand-up",
            cancelled_at=datetime(2026, 2, 1, tzinfo=UTC),
        )
        year = self._date(meeting, MONDAYS[3].replace(hour=11), second, title="Stand-up", agenda="The year")
        for wall in new_york:
            self._date(meeting, wall, zone="America/New_York")
        said = {
            "answered_at": datetime(2026, 1, 5, tzinfo=UTC),
            "recorded_at": datetime(2026, 1, 5, tzinfo=UTC),
        }
        bob = self._make(
            "Attendee",
            meeting=meeting,
            email="bob@example.org",
            name="Bob",
            user=self.bob,
            partstat="ACCEPTED",
            note="With pleasure",
            **said,
        )
        dave = self._make(
            "Attendee",
            meeting=meeting,
            email="dave@far.example",
            name="Dave",
            time_zone=BERLIN,
            partstat="TENTATIVE",
            invited_sequence=1,
            **said,
        )
        told = {"title": "Stand-up", "starts_at": at(MONDAYS[0]).isoformat(), "minutes": 30}
        before = {**told, "rrule": "FREQ=WEEKLY;COUNT=6", "time_zone": BERLIN, "wall_clock": key(MONDAYS[0])}
        sent = self._letter(
            "invitation:1",
            "invitation",
            recipient=dave.email,
            message_id="<1@here>",
            sent_at=datetime(2026, 1, 2, tzinfo=UTC),
            payload={"attendee": dave.pk, "previous": None, "uid": str(UIDS["first"])},
        )
        dave.letter = self._letter(
            "update:1",
            "update",
            recipient=dave.email,
            payload={
                "attendee": dave.pk,
                "previous": sent.pk,
                "uid": str(UIDS["last"]),
                "letters": 1,
                "before": before,
                "was": told,
                "dates": 2,
                "moved": True,
                "what": "moved",
            },
        )
        dave.save()
        self._letter(
            "part:1",
            "part",
            recipient=dave.email,
            payload={
                "attendee": dave.pk,
                "main": dave.letter_id,
                "uid": str(UIDS["first"]),
                "told": {**told, "uid": str(UIDS["first"]), "sequence": 3},
            },
        )
        about_one = self._letter(
            "occurrence-update:1",
            "occurrence-update",
            recipient=dave.email,
            payload={"attendee": dave.pk, "occurrence": moved.pk, "previous": None, "before": told},
        )
        # When it was parted, what was said to the whole was written down for each of the dates before.
        to_all = {
            attendee.pk: {
                "partstat": attendee.partstat,
                "answered_at": attendee.answered_at,
                "note": attendee.note,
            }
            for attendee in (bob, dave)
        }
        self._make("Answer", attendee=dave, occurrence=moved, letter=about_one, **to_all[dave.pk])
        self._make("Answer", attendee=bob, occurrence=moved, **to_all[bob.pk])
        for attendee in (bob, dave):
            self._make("Answer", attendee=attendee, occurrence=year, **to_all[attendee.pk])
        self._make("Answer", attendee=dave, occurrence=one, partstat="DECLINED", note="Away", **said)
        self._make("Answer", attendee=bob, occurrence=one, partstat="TENTATIVE", **said)
        self._make("Answer", attendee=bob, occurrence=off, partstat="ACCEPTED", **said)
        digest = hashlib.sha256(SECRET.encode()).hexdigest()
        self._make("PersonalLink", attendee=dave, digest=digest)

    def _once(self) -> None:
        """In the hour that comes twice, the second time."""
        wall = datetime(2030, 10, 27, 2, 30)
        starts_at = wall.replace(tzinfo=ZoneInfo(BERLIN), fold=1).astimezone(UTC)
        meeting = self._make(
            "Meeting",
            code="nnnn-nnnnn-nnnn",
            organizer=self.alice,
            title="Night shift",
            uid=UIDS["once"],
            sequence=1,
            starts_at=starts_at,
            wall_clock=key(wall),
            duration=HALF_AN_HOUR,
            ends_at=starts_at + HALF_AN_HOUR,
            time_zone=BERLIN,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        self._date(meeting, wall, starts_at=starts_at)
        self._make("Attendee", meeting=meeting, email="dave@far.example", name="Dave", partstat="DECLINED")

    def _weekly(self) -> None:
        """A series in one, of which a date is off and one is called otherwise."""
        meeting = self._make(
            "Meeting",
            code="wwww-wwwww-wwww",
            organizer=self.alice,
            title="Weekly",
            sequence=7,
            uid=UIDS["weekly"],
            starts_at=at(MONDAYS[0]),
            wall_clock=key(MONDAYS[0]),
            duration=timedelta(hours=1),
            ends_at=at(MONDAYS[2]) + timedelta(hours=1),
            time_zone=BERLIN,
            rrule="FREQ=WEEKLY;COUNT=3",
            reminders=[10],
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for number, wall in enumerate(MONDAYS[:3]):
            own = ({}, {"cancelled_at": datetime(2026, 2, 1, tzinfo=UTC)}, {"title": "The last"})[number]
            self._date(meeting, wall, length=timedelta(hours=1), **own)
        self._make("Attendee", meeting=meeting, email="bob@example.org", name="Bob", user=self.bob)
