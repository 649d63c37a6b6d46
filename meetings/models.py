from __future__ import annotations

import secrets
import uuid
import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, validate_time_zone
from meetings.calendar import recurrence
from outbox.models import Letter

# Without letters and digits that are mistaken for each other when read aloud or written down.
CODE_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"
CODE_GROUPS = (4, 5, 4)
# A personal room has no end; its row needs one.
FOREVER = datetime(2200, 1, 1, tzinfo=UTC)
# The kind of the short letters about earlier parts of a series (meetings.letters.copies).
PART_LETTER = "part"
# No meeting lasts longer (forms.times); with it, what goes on or comes is a range of the index by time.
LONGEST = timedelta(days=1)


def new_code() -> str:
    """A meeting's public name, such as `kfpx-tvwqm-m3xz`: 63 random bits."""
    return "-".join("".join(secrets.choice(CODE_ALPHABET) for _ in range(n)) for n in CODE_GROUPS)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def organized_by(self, user: User) -> MeetingQuerySet:
        return self.filter(organizer=user)

    def of(self, user: User) -> MeetingQuerySet:
        """Those that the user organizes or is invited to, by account."""
        invited = Attendee.objects.filter(user=user, removed_at=None).values("meeting")
        return self.filter(models.Q(organizer=user) | models.Q(pk__in=invited))

    def standing(self) -> MeetingQuerySet:
        """Those that are not cancelled."""
        return self.filter(cancelled_at=None)

    def ending_after(self, moment: datetime) -> MeetingQuerySet:
        return self.filter(ends_at__gt=moment)


def keep_coming_meetings(collector: Any, field: Any, meetings: Any, using: str) -> None:
    """What happens to the meetings of an organizer who is deleted: those to come are in the way.

    Their attendees would hear nothing of the end, since a letter is written from the meeting; they are to be
    cancelled first, and the letters about that sent.
    """
    now = timezone.now()
    # The short ones about earlier parts of a series hang on no attendee.
    addresses = Attendee.objects.filter(meeting__in=meetings).values("email")
    short = Letter.objects.waiting().filter(kind=PART_LETTER, recipient__in=addresses)
    untold = models.Q(letter__sent_at=None, letter__dead_at=None, letter__isnull=False)
    untold |= models.Q(pk__in=set(short.values_list("payload__attendee", flat=True)))
    waiting = Attendee.objects.filter(untold, meeting__in=meetings, meeting__cancelled_at__isnull=False)
    # Of a meeting that stands, those about single dates: who is not told comes in vain.
    about_one = Answer.objects.filter(
        attendee__meeting__in=meetings,
        attendee__meeting__cancelled_at=None,
        attendee__removed_at=None,
        letter__sent_at=None,
        letter__dead_at=None,
        letter__isnull=False,
    )
    untold_meetings = models.Q(pk__in=waiting.values("meeting"))
    untold_meetings |= models.Q(pk__in=about_one.values("attendee__meeting"))
    if unheard := Meeting.objects.filter(untold_meetings):
        raise models.ProtectedError("The letters about their end are still on the way.", set(unheard))
    standing = {meeting for meeting in meetings if not meeting.is_cancelled and not meeting.personal}
    if coming := {meeting for meeting in standing if meeting.ends_at > now}:
        raise models.ProtectedError("Meetings that are still to come have to be cancelled first.", coming)
    models.CASCADE(collector, field, meetings, using)


class Meeting(models.Model):
    """A time to gather, once or by a rule; its room is reached by the same code for good."""

    class Access(models.TextChoices):
        """Who may enter."""

        ANYONE = "anyone", "Anyone with the link"
        KNOWN = "known", "Invited people, and whoever is signed in"
        INVITED = "invited", "Invited people only"

    code = models.CharField(max_length=20, unique=True, default=new_code, editable=False)
    organizer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=keep_coming_meetings, related_name="meetings"
    )
    title = models.CharField(max_length=200)
    description = models.TextField(max_length=10_000, blank=True)
    # One item a line, its minutes in brackets at the end (words.agenda).
    agenda = models.TextField(max_length=10_000, blank=True)
    # Of a series: the first time (DTSTART, RFC 5545, 3.8.2.4).
    starts_at = models.DateTimeField("start")
    duration = models.DurationField("length", default=timedelta(minutes=30))
    # When it is over for good, the last of a series included; derived, for the index.
    ends_at = models.DateTimeField("over for good", editable=False)
    # The zone in which the organizer thinks of it (IANA name).
    time_zone = models.CharField(
        "organizer’s time zone", max_length=64, default="UTC", validators=[validate_time_zone]
    )
    # What a clock in that zone shows at the start: the truth, should the zone's rules change.
    wall_clock = models.CharField(max_length=16, editable=False, default="")
    # How it repeats: an RRULE of those that meetings.calendar.recurrence takes; empty for a single meeting.
    rrule = models.CharField("rule of repetition", max_length=120, blank=True)
    # Begun by "Meet now": nobody is written to, and its end is a guess.
    instant = models.BooleanField("begun at once", default=False)
    # The organizer's own room: open at any time, in no list.
    personal = models.BooleanField("own room", default=False)
    access = models.CharField("who may enter", max_length=8, choices=Access, default=Access.ANYONE)
    # Whether people wait until a host admits them.
    lobby = models.BooleanField(default=False)
    # How long before the start people may enter; empty for any time.
    early = models.DurationField("door opens so long before", null=True, blank=True)
    # How many may be inside at once; empty for as many as a room here holds.
    capacity = models.PositiveSmallIntegerField("seats", null=True, blank=True)
    # Minutes before the start at which attendees are reminded by mail, unless they chose otherwise.
    reminders = models.JSONField("reminders, in minutes before", default=list, blank=True)
    # Whether the organizer is reminded as well.
    remind_organizer = models.BooleanField("organizer is reminded too", default=True)
    created_at = models.DateTimeField("planned", default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField("cancelled", null=True, blank=True)
    # The address of the administrator who did it; empty if it was the organizer.
    cancelled_by = models.CharField("cancelled by the administrator", max_length=254, blank=True)
    # What calendars know it by (UID, RFC 5545, 3.8.4.7).
    uid = models.UUIDField("name in calendars", default=uuid.uuid4, unique=True, editable=False)
    # Tells calendars which copy is the newer one (SEQUENCE, RFC 5545, 3.8.7.4).
    sequence = models.PositiveIntegerField("version in calendars", default=0)
    # The version in which everybody was last asked anew: answers to an earlier one are about another time.
    asked_sequence = models.PositiveIntegerField(default=0, editable=False)
    # The version in which it was last made longer, so that those who come were asked anew: a no stays one.
    lengthened_sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "pk")
        indexes: ClassVar = [models.Index(fields=["organizer", "ends_at"], name="meetings_of_organizer")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "organizer", condition=models.Q(personal=True), name="one_personal_room_each"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        """Save, and keep what is derived from the times in line with them; dates: plans.occurrences."""
        # By way of UTC: in a zone, an hour that the clocks skip would be missing (PEP 495).
        self.starts_at = self.starts_at.astimezone(UTC)
        fields = kwargs.get("update_fields")
        if fields is None or bool({"starts_at", "duration", "time_zone", "rrule"} & set(fields)):
            # Kept where it says the same moment: of a time that the clocks skip, it is what was meant.
            if not self.wall_clock or recurrence.moment(self.wall_clock, self.zone) != self.starts_at:
                self.wall_clock = recurrence.wall_clock(self.starts_at, self.zone)
            if self._state.adding:
                self.ends_at = FOREVER if self.personal else self.starts_at + self.duration
            if fields is not None:
                kwargs["update_fields"] = {*fields, "wall_clock"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("meetings:meeting", args=[self.code])

    def note_end(self) -> None:
        """Bring `ends_at` up to date: the end of the last occurrence, cancelled or not."""
        last = self.occurrences.aggregate(last=models.Max("ends_at"))["last"]
        if last and last != self.ends_at:
            self.ends_at = last
            Meeting.objects.filter(pk=self.pk).update(ends_at=last)

    @property
    def room_url(self) -> str:
        """The path of the room, for anybody who has the code."""
        return reverse("room", args=[self.code])

    @property
    def public_url(self) -> str:
        """The whole address of the room, to be passed on."""
        return f"{settings.PUBLIC_URL}{self.room_url}"

    @property
    def appointment(self) -> str:
        """When, how long and how often, as one word: what somebody says yes or no to."""
        once = f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{round(self.duration.total_seconds())}"
        return f"{once}-{self.rrule}" if self.rrule else once

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def repeats(self) -> bool:
        return bool(self.rrule)

    def occurrence_at(self, moment: datetime) -> Occurrence | None:
        """The one that goes on at `moment` or comes next, else the last one; never a cancelled one.

        None for a personal room, and when all are cancelled.
        """
        standing = self.occurrences.filter(cancelled_at=None)
        return standing.filter(ends_at__gt=moment).first() or standing.last()


class EarlierSeries(models.Model):
    """What a series was up to the point from which "this and the following" were changed.

    Calendars know the two parts by different UIDs: there is no other way that all of them understand
    (docs/decisions/0022-series.md). Room, code and attendees stay the meeting's.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="earlier_series")
    uid = models.UUIDField(unique=True)
    sequence = models.PositiveIntegerField()
    # As of a meeting.
    asked_sequence = models.PositiveIntegerField(default=0, editable=False)
    lengthened_sequence = models.PositiveIntegerField(default=0, editable=False)
    title = models.CharField(max_length=200)
    wall_clock = models.CharField(max_length=16)
    time_zone = models.CharField(max_length=64)
    duration = models.DurationField()
    # Ends with the last occurrence before the change.
    rrule = models.CharField(max_length=120)

    class Meta:
        ordering = ("wall_clock", "pk")
        verbose_name_plural = "earlier series"

    def __str__(self) -> str:
        return f"{self.title} until {self.rrule.rpartition('UNTIL=')[2]}"


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    def of(self, user: User) -> OccurrenceQuerySet:
        """Those of the meetings that the user organizes or is invited to, by account."""
        return self.filter(meeting__in=Meeting.objects.of(user).values("pk"))

    def standing(self) -> OccurrenceQuerySet:
        """Those that are not cancelled, neither alone nor with their meeting before they were over."""
        was_over = models.Q(ends_at__lte=models.F("meeting__cancelled_at"))
        return self.filter(models.Q(meeting__cancelled_at=None) | was_over, cancelled_at=None)

    def between(self, start: datetime, end: datetime) -> OccurrenceQuerySet:
        """Those of which some part lies in [start, end)."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class Occurrence(models.Model):
    """One time at which a meeting takes place; a single meeting has one.

    All of them are rows, which a series can afford because it ends: lists, conflicts and reminders are
    plain queries (docs/decisions/0022-series.md).
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="occurrences")
    # Of the part of a series that "this and the following" left behind.
    earlier = models.ForeignKey(
        EarlierSeries,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="occurrences",
        verbose_name="earlier part of the series",
    )
    # When it would be by the rule, as a clock in the series' zone shows it: 2026-11-23T09:00
    # (RECURRENCE-ID, RFC 5545, 3.8.4.4).
    recurrence_id = models.CharField("time by the rule", max_length=16)
    # When it is. Another time than the rule's is a change of this occurrence alone.
    starts_at = models.DateTimeField("start")
    ends_at = models.DateTimeField("end")
    moved = models.BooleanField(default=False)
    # What it has of its own instead of the meeting's: "" and None say that it has not.
    title = models.CharField("title of its own", max_length=200, blank=True)
    agenda = models.TextField("agenda of its own", max_length=10_000, null=True, blank=True)  # noqa: DJ001 - "" is an agenda too
    cancelled_at = models.DateTimeField("cancelled", null=True, blank=True)
    # The version of its series in which everybody was last asked anew about this one alone.
    asked_sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "pk")
        indexes: ClassVar = [
            models.Index(fields=["meeting", "starts_at"], name="occurrences_of_meeting"),
            models.Index(fields=["starts_at"], name="occurrences_by_time"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "meeting",
                "recurrence_id",
                condition=models.Q(earlier=None),
                name="one_occurrence_at_a_time",
            ),
            models.UniqueConstraint("earlier", "recurrence_id", name="one_earlier_occurrence_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.shown_title}, {self.recurrence_id}"

    def get_absolute_url(self) -> str:
        if not self.is_one_of_many:
            return self.meeting.get_absolute_url()
        return reverse("meetings:occurrence", args=[self.meeting.code, self.pk])

    @property
    def shown_title(self) -> str:
        return self.title or self.meeting.title

    @property
    def shown_agenda(self) -> str:
        return self.meeting.agenda if self.agenda is None else self.agenda

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def is_cancelled(self) -> bool:
        """By itself, or with its meeting; not if it was over when that was cancelled."""
        with_meeting = self.meeting.cancelled_at
        return self.cancelled_at is not None or (with_meeting is not None and self.ends_at > with_meeting)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def series(self) -> Meeting | EarlierSeries:
        """The part of the series that it belongs to: its rule, zone, UID."""
        return self.earlier or self.meeting

    @property
    def is_one_of_many(self) -> bool:
        """Whether it belongs to a series, or to what is left of one before it became a single meeting."""
        return self.meeting.repeats or self.earlier_id is not None

    @property
    def differs(self) -> bool:
        """Whether it is anything else than its series says, beside cancelled."""
        return self.moved or bool(self.title) or self.agenda is not None

    @property
    def appointment(self) -> str:
        """When and how long, as one word: what somebody says yes or no to."""
        return f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{round(self.duration.total_seconds())}"


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def invited(self) -> AttendeeQuerySet:
        return self.filter(removed_at=None)

    def entitled(self) -> AttendeeQuerySet:
        """Those whose invitation lets them in: not if their account is switched off, or was deleted."""
        return self.invited().filter(account_deleted_at=None).exclude(user__is_active=False)

    def by_answer(self) -> AttendeeQuerySet:
        """Who answered last comes last; of two invitations of one person, that one counts."""
        return self.order_by(models.F("answered_at").asc(nulls_first=True), "pk")


class Attendee(models.Model):
    """Somebody who is invited to a meeting, with or without an account."""

    class PartStat(models.TextChoices):
        """The answer, in the words of RFC 5545, 3.2.12."""

        NEEDS_ACTION = "NEEDS-ACTION", "No answer"
        ACCEPTED = "ACCEPTED", "Yes"
        TENTATIVE = "TENTATIVE", "Maybe"
        DECLINED = "DECLINED", "No"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=64, blank=True)
    # Their presence is not needed (ROLE=OPT-PARTICIPANT, RFC 5545, 3.2.16).
    optional = models.BooleanField(default=False)
    # A host in the room, beside the organizer.
    cohost = models.BooleanField("host", default=False)
    # Set only when the account has verified this address.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="invitations",
        verbose_name="account",
    )
    partstat = models.CharField("answer", max_length=12, choices=PartStat, default=PartStat.NEEDS_ACTION)
    # When they said it, and when we heard of it: mail takes its time.
    answered_at = models.DateTimeField("answered", null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Of an answer by mail: when that was by the clock of whoever gave it (DTSTAMP), which may be wrong.
    stamped_at = models.DateTimeField(null=True, blank=True, editable=False)
    # A word to the organizer, said with the answer.
    note = models.CharField("word with the answer", max_length=200, blank=True)
    # The latest letter to them about this meeting; an older one that still waits is no longer true.
    letter = models.ForeignKey(
        "outbox.Letter",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        verbose_name="latest letter",
    )
    # Minutes before the start at which they want to be reminded; None for those of the meeting, [] for never.
    reminders = models.JSONField("reminders of their own, in minutes before", null=True, blank=True)
    # When their browser, camera, microphone and network were last found to be good for a call.
    tested_at = models.DateTimeField("set-up tested", null=True, blank=True, editable=False)
    # IANA name, learned when they first opened a link and its page told us; empty until then.
    time_zone = models.CharField(max_length=64, blank=True)
    invited_at = models.DateTimeField("invited", default=timezone.now, editable=False)
    # Of whoever was taken off the list and invited again, the version of the meeting in which that was: what
    # they said to an earlier one was an answer to an invitation that was taken back.
    invited_sequence = models.PositiveIntegerField(default=0, editable=False)
    removed_at = models.DateTimeField("taken off the list", null=True, blank=True)
    # They stay on the list, and nothing lets them in until the organizer writes to them again.
    account_deleted_at = models.DateTimeField("account deleted", null=True, blank=True, editable=False)

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes: ClassVar = [models.Index(Lower("email"), name="invitations_of_address")]
        constraints: ClassVar = [
            models.UniqueConstraint("meeting", Lower("email"), name="one_seat_per_address"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email

    @property
    def display_name(self) -> str:
        return self.name or self.email.partition("@")[0]


class Answer(models.Model):
    """What an attendee says to, and was told of, one occurrence of a series, beside what holds for all."""

    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="answers")
    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="answers")
    # Empty: as for the series.
    partstat = models.CharField(max_length=12, choices=Attendee.PartStat, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    stamped_at = models.DateTimeField(null=True, blank=True, editable=False)
    note = models.CharField(max_length=200, blank=True)
    # The latest letter to them about this occurrence alone.
    letter = models.ForeignKey(
        "outbox.Letter", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("attendee", "occurrence", name="one_answer_per_occurrence"),
        ]

    def __str__(self) -> str:
        return f"{self.attendee}: {self.partstat or 'as always'}"


class PersonalLinkQuerySet(models.QuerySet["PersonalLink"]):
    def working(self) -> PersonalLinkQuerySet:
        """Those that were not ended; whether their meeting is long over is another question."""
        return self.filter(revoked_at=None)


class PersonalLink(models.Model):
    """A secret address that lets an attendee in without an account.

    Only the SHA-256 of the secret is kept; the secret itself stands in one letter and nowhere else. Every
    letter carries a link of its own, and all of an attendee's links work until they are revoked, or until
    some days after the last date (meetings.links).
    """

    class Ending(models.TextChoices):
        """Why a link was revoked; empty for what was revoked before we noted it."""

        REPLACED = "replaced", "A letter with a new one was written"
        ENDED = "ended", "It was to let nobody in any more"
        REMOVED = "removed", "The invitation was taken back"
        DELETED = "deleted", "The account that it belonged to was deleted"

    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("made", default=timezone.now, editable=False)
    used_at = models.DateTimeField("last used", null=True, blank=True)
    revoked_at = models.DateTimeField("revoked", null=True, blank=True)
    revoked_for = models.CharField("why it was revoked", max_length=8, choices=Ending, blank=True)
    # The address of the administrator who did it; empty if it was the organizer.
    revoked_by = models.CharField("revoked by the administrator", max_length=254, blank=True)

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"link of {self.attendee}"


class CalendarFeed(models.Model):
    """The secret address at which calendar programs read somebody's meetings; only its SHA-256 is kept.

    One that an administrator ended is kept, so that whoever asks for it hears the truth.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="calendar_feed",
        verbose_name="account",
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField("made", default=timezone.now)
    read_at = models.DateTimeField("last read", null=True, blank=True)
    ended_at = models.DateTimeField("ended", null=True, blank=True)
    ended_by = models.CharField("ended by the administrator", max_length=254, blank=True)

    def __str__(self) -> str:
        return f"feed of {self.user}"


class Circular(models.Model):
    """A word from the organizer to attendees of a meeting, one letter to each."""

    class Audience(models.TextChoices):
        """Whom it is for."""

        ALL = "all", "Everybody who is invited"
        COMING = "coming", "Those who said yes or maybe"
        SILENT = "silent", "Those who have not answered"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="circulars")
    subject = models.CharField(max_length=200)
    text = models.TextField(max_length=10_000)
    audience = models.CharField("for whom", max_length=8, choices=Audience, default=Audience.ALL)
    written_at = models.DateTimeField("written", default=timezone.now, editable=False)
    # How many letters it became.
    letters = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-written_at", "-pk")

    def __str__(self) -> str:
        return self.subject


class Draft(models.Model):
    """A meeting that somebody began to plan: nobody has been written to, and nothing of it is checked yet."""

    organizer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    # The fields of the form as they were typed: a text each, or a list of them.
    content = models.JSONField(default=dict, editable=False)
    saved_at = models.DateTimeField("saved", default=timezone.now, editable=False)

    class Meta:
        ordering = ("-saved_at", "-pk")

    def __str__(self) -> str:
        return self.title or "Untitled draft"

    @property
    def title(self) -> str:
        return str(self.content.get("title") or "").strip()


class Postage(models.Model):
    """How many letters an account has caused on one day, counted in UTC."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="postage", verbose_name="account"
    )
    day = models.DateField()
    letters = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "postage"
        constraints: ClassVar = [models.UniqueConstraint("user", "day", name="one_postage_a_day")]

    def __str__(self) -> str:
        return f"{self.user}, {self.day}: {self.letters}"


class Digest(models.Model):
    """Whoever has one gets letters about new answers to their meetings, several answers in one."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest")
    # Up to when they know all answers.
    told_until = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"digest of {self.user}"
