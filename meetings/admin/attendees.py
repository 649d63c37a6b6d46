"""Attendees, as an administrator sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings import words
from meetings.admin.read_only import ModelAdmin, ReadOnly, TabularInline, whether
from meetings.letters import reminders
from meetings.models import Attendee, AttendeeQuerySet


class LetterFilter(admin.SimpleListFilter):
    title = gettext_lazy("latest letter")
    parameter_name = "letter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("sent", _("Sent")), ("waiting", _("Waiting")), ("back", _("Came back"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Attendee]) -> QuerySet[Attendee]:
        written = queryset.filter(letter__is_moot=False)
        back = Q(letter__dead_at__isnull=False) | Q(letter__bounced_at__isnull=False)
        match self.value():
            case "sent":
                return written.exclude(back).filter(letter__sent_at__isnull=False)
            case "waiting":
                return written.exclude(back).filter(letter__sent_at=None)
            case "back":
                return written.filter(back)
            case _:
                return queryset


class AnswerFilter(admin.SimpleListFilter):
    title = gettext_lazy("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Attendee.PartStat.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Attendee]) -> QuerySet[Attendee]:
        if self.value() not in Attendee.PartStat.values:
            return queryset
        return queryset.filter(pk__in=Attendee.objects.who_said(str(self.value())).values("pk"))


class SaysAnswer:
    """What an attendee says to the whole of their meeting, where it goes on."""

    @admin.display(description=gettext_lazy("answer"))
    def answer_(self, attendee: Attendee) -> str:
        return str(attendee.answer.get_partstat_display())

    @admin.display(description=gettext_lazy("answered"), empty_value="")
    def answered(self, attendee: Attendee) -> datetime | None:
        return attendee.answer.answered_at

    @admin.display(description=gettext_lazy("word with the answer"))
    def note(self, attendee: Attendee) -> str:
        return attendee.answer.note


def _with_answers(attendees: QuerySet[Attendee]) -> QuerySet[Attendee]:
    """With all that a line shows. What the admin hands over is what Attendee.objects makes."""
    return cast(AttendeeQuerySet, attendees.select_related("user", "letter", "meeting")).with_answers()


class AttendeeInline(SaysAnswer, ReadOnly, TabularInline):
    model = Attendee
    extra = 0
    can_delete = False
    show_change_link = True
    # Name and address stand above each line.
    fields = ("answer_", "answered", "optional", "cohost", "user", "letter", "removed_at")
    readonly_fields = ("letter", "answer_", "answered")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendee]:
        return _with_answers(super().get_queryset(request))


@admin.register(Attendee)
class AttendeeAdmin(SaysAnswer, ReadOnly, ModelAdmin):
    list_display = ("email", "name", "meeting", "answer_", "answered", "letter_", "removed_at")
    list_filter = (
        AnswerFilter,
        LetterFilter,
        whether("removed_at", gettext_lazy("invitation"), gettext_lazy("Taken back"), gettext_lazy("Stands")),
        whether("tested_at", gettext_lazy("set-up"), gettext_lazy("Tested"), gettext_lazy("Not tested")),
        "cohost",
        "optional",
        "invited_at",
    )
    search_fields = ("email", "name", "meeting__title", "=meeting__code")
    date_hierarchy = "invited_at"
    ordering = ("-invited_at", "-pk")
    fields = (
        *("meeting", "email", "name", "user", "optional", "cohost"),
        *("answer_", "answered", "note", "letter", "reminded", "tested_at", "time_zone"),
        *("invited_at", "removed_at"),
    )
    readonly_fields = ("letter", "invited_at", "tested_at", "reminded", "answer_", "answered", "note")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attendee]:
        return _with_answers(super().get_queryset(request))

    @admin.display(description=gettext_lazy("reminded by mail"))
    def reminded(self, attendee: Attendee) -> str:
        times = [words.ahead(minutes) for minutes in reminders.wanted(attendee)]
        said = {"times": words.listed(times)}
        if attendee.reminders is None:
            return _("%(times)s before the start") % said if times else _("never")
        by_choice = _("%(times)s before the start, by their own choice") % said
        return by_choice if times else _("never, by their own choice")

    @admin.display(description=gettext_lazy("letter"), ordering="letter__sent_at")
    def letter_(self, attendee: Attendee) -> str:
        letter = attendee.letter
        if letter is None or letter.is_moot:
            return _("none")
        if letter.dead_at or letter.bounced_at:
            return _("came back")
        return _("sent") if letter.sent_at else _("waiting")
