"""Who is invited to a meeting, and what they say to it."""

from __future__ import annotations

from collections import defaultdict
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from meetings.calendar.said import Said
from meetings.models.together import Together


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def invited(self) -> AttendeeQuerySet:
        return self.filter(removed_at=None)

    def entitled(self) -> AttendeeQuerySet:
        """Those whose invitation lets them in: not if their account is switched off, or was deleted."""
        return self.invited().filter(account_deleted_at=None).exclude(user__is_active=False)

    def by_answer(self) -> AttendeeQuerySet:
        """Who answered last comes last; of two invitations of one person, that one counts."""
        return self.order_by(_said("answered_at").asc(nulls_first=True), "pk")

    def who_said(self, *partstats: str) -> AttendeeQuerySet:
        """Those whose answer to the whole, where it goes on, is one of these."""
        return self.alias(said=partstat_to_all()).filter(said__in=partstats)

    def with_answers(self) -> AttendeeQuerySet:
        """With what they say to the whole, where it goes on (`Attendee.answer`), in the same query."""
        return self.annotate(
            said_partstat=partstat_to_all(), said_at=_said("answered_at"), said_note=_said("note")
        )


def _said(field: str) -> models.Subquery:
    """Of the answer of an attendee to the series in which their meeting goes on."""
    series = models.OuterRef("meeting__last_series")
    said = Answer.objects.to_all().filter(attendee=models.OuterRef("pk"), series=series)
    return models.Subquery(said.values(field))


def partstat_to_all() -> Coalesce:
    """What an attendee of a query says to the whole, where it goes on."""
    return Coalesce(_said("partstat"), models.Value(str(Attendee.PartStat.NEEDS_ACTION)))


def said_to_date(user: User) -> Coalesce:
    """What a user says to each date of a query, where that has to know it: as `Said.to` finds it."""
    mine = Answer.objects.filter(attendee__user=user, attendee__removed_at=None).exclude(partstat="")
    last = mine.order_by(models.F("answered_at").desc(nulls_last=True), "-pk")
    own = last.filter(occurrence=models.OuterRef("pk")).exclude(series__rrule="")
    whole = last.filter(occurrence=None, series=models.OuterRef("series"))
    found = [models.Subquery(said.values("partstat")[:1]) for said in (own, whole)]
    return Coalesce(*found, models.Value(str(Attendee.PartStat.NEEDS_ACTION)))


class Attendee(models.Model):
    """Somebody who is invited to a meeting, with or without an account."""

    class PartStat(models.TextChoices):
        """The answer, in the words of RFC 5545, 3.2.12."""

        NEEDS_ACTION = "NEEDS-ACTION", _("No answer")
        ACCEPTED = "ACCEPTED", _("Yes")
        TENTATIVE = "TENTATIVE", _("Maybe")
        DECLINED = "DECLINED", _("No")

    meeting = models.ForeignKey(
        "meetings.Meeting", on_delete=models.CASCADE, related_name="attendees", verbose_name=_("meeting")
    )
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=64, blank=True)
    # Their presence is not needed (ROLE=OPT-PARTICIPANT, RFC 5545, 3.2.16).
    optional = models.BooleanField(_("optional"), default=False)
    # A host in the room, beside the organizer.
    cohost = models.BooleanField(_("host"), default=False)
    # Set only when the account has verified this address.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="invitations",
        verbose_name=_("account"),
    )
    # The latest letter to them about this meeting; an older one that still waits is no longer true.
    letter = models.ForeignKey(
        "outbox.Letter",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        verbose_name=_("latest letter"),
    )
    # Minutes before the start at which they want to be reminded; None for those of the meeting, [] for never.
    reminders = models.JSONField(_("reminders of their own, in minutes before"), null=True, blank=True)
    # When their browser, camera, microphone and network were last found to be good for a call.
    tested_at = models.DateTimeField(_("set-up tested"), null=True, blank=True, editable=False)
    # IANA name, learned when they first opened a link and its page told us; empty until then.
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    invited_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    # Of whoever was taken off the list and invited again, the version of the meeting in which that was: what
    # they said to an earlier one was an answer to an invitation that was taken back.
    invited_sequence = models.PositiveIntegerField(default=0, editable=False)
    removed_at = models.DateTimeField(_("taken off the list"), null=True, blank=True)
    # They stay on the list, and nothing lets them in until the organizer writes to them again.
    account_deleted_at = models.DateTimeField(_("account deleted"), null=True, blank=True, editable=False)

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
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

    @property
    def answer(self) -> Answer:
        """What they say to the whole, where it goes on."""
        series, loaded = self.meeting.last_series_id, self.__dict__
        if series is None or "said_partstat" not in loaded:
            return self.answer_to(series)
        said = {"partstat": loaded["said_partstat"], "answered_at": loaded["said_at"]}
        return Answer(attendee=self, series_id=series, note=loaded["said_note"] or "", **said)

    def answer_to(self, series: int | None) -> Answer:
        """What they say to the whole of a series, by its number; not saved where they said nothing yet."""
        return self.answers.to_all().filter(series=series).first() or Answer(attendee=self)


class AnswerQuerySet(models.QuerySet["Answer"]):
    def to_all(self) -> AnswerQuerySet:
        """Those to the whole of a series."""
        return self.filter(occurrence=None)

    def to_one(self) -> AnswerQuerySet:
        """Those to one date that say something of their own."""
        return self.exclude(occurrence=None).exclude(partstat="")

    def by_time(self) -> AnswerQuerySet:
        """The last one last; of two invitations of one person, that one counts."""
        return self.order_by(models.F("answered_at").asc(nulls_first=True), "pk")

    def about(self, series: int, date: int) -> AnswerQuerySet:
        """Those of which one may hold on a date of a series: to that alone, or to the whole."""
        return self.filter(models.Q(occurrence=None) | models.Q(occurrence=date), series=series)

    def said(self) -> Said[str]:
        """What these say: of several to the same, as of two invitations of one person, the last."""
        return Said.of(self.as_rows())

    def as_rows(self) -> models.QuerySet[Answer, tuple[int, int | None, str]]:
        """Of each that says something: the series, the date or None, and the word; the last one last."""
        return self.exclude(partstat="").by_time().values_list("series", "occurrence", "partstat")

    def said_by_attendee(self) -> dict[int, Said[Answer]]:
        """The same of each attendee, with all that there is of an answer; of who says nothing, nothing."""
        rows = defaultdict[int, list[tuple[int, int | None, Answer]]](list)
        for answer in self.exclude(partstat=""):
            rows[answer.attendee_id].append((answer.series_id, answer.occurrence_id, answer))
        return defaultdict(Said[Answer], {pk: Said.of(said) for pk, said in rows.items()})

    def to_come(self) -> AnswerQuerySet:
        """Those to the whole, and to dates that are not over."""
        is_to_come = models.Q(occurrence__ends_at__gt=timezone.now())
        return self.filter(models.Q(occurrence=None) | is_to_come)

    def ask_anew(self) -> None:
        """Forget what was said: those to the whole say nothing, those to one date no more than the whole.

        What was said to dates that are over stays (plans.asking.keep_past).
        """
        nothing = {"answered_at": None, "note": ""}
        self.exclude(occurrence=None).to_come().update(partstat="", **nothing)
        self.to_all().update(partstat=Attendee.PartStat.NEEDS_ACTION, **nothing)


class Answer(models.Model):
    """What an attendee says to a series, or to one of its dates: the same, but for what it is about.

    An answer to a date takes the place of that to the whole there. Who has said nothing yet need not have a
    row (docs/decisions/0051-answers.md).
    """

    attendee = models.ForeignKey(
        Attendee, on_delete=models.CASCADE, related_name="answers", verbose_name=_("attendee")
    )
    series = models.ForeignKey(
        "meetings.Series", on_delete=models.CASCADE, related_name="answers", verbose_name=_("series")
    )
    # Empty: to the whole.
    occurrence = models.ForeignKey(
        "meetings.Occurrence",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="answers",
        verbose_name=_("date"),
    )
    # Of one date it may be empty: as for the whole.
    partstat = models.CharField(
        _("answer"),
        max_length=12,
        choices=Attendee.PartStat,
        default=Attendee.PartStat.NEEDS_ACTION,
        blank=True,
    )
    # When they said it, and when we heard of it: mail takes its time.
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("heard of"), null=True, blank=True, editable=False)
    # Of an answer by mail: when that was by the clock of whoever gave it (DTSTAMP), which may be wrong.
    stamped_at = models.DateTimeField(null=True, blank=True, editable=False)
    # A word to the organizer, said with the answer.
    note = models.CharField(_("word with the answer"), max_length=200, blank=True)
    # The latest letter to them about this date alone; that about the whole is the attendee's.
    letter = models.ForeignKey(
        "outbox.Letter", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "attendee", "series", condition=models.Q(occurrence=None), name="one_answer_per_series"
            ),
            models.UniqueConstraint("attendee", "occurrence", name="one_answer_per_occurrence"),
            models.CheckConstraint(
                condition=models.Q(occurrence__isnull=False) | ~models.Q(partstat=""),
                name="an_answer_to_all_says_something",
            ),
            Together(
                fields=("occurrence", "series"),
                table="meetings_occurrence",
                columns=("id", "series_id"),
                name="answer_to_a_date_of_its_series",
            ),
        ]

    def __str__(self) -> str:
        said = self.get_partstat_display() if self.partstat else gettext("as to the series")
        return gettext("%(attendee)s: %(answer)s") % {"attendee": self.attendee, "answer": said}
