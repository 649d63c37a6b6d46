"""The part of the form that says how a meeting repeats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from language import formats
from meetings import words
from meetings.calendar import recurrence, rule_words
from meetings.calendar.recurrence import FREQUENCIES, LONGEST_INTERVAL, MOST, Rule, WrongRule

BY_DATE, BY_WEEKDAY, BY_LAST = "date", "weekday", "last"
COUNT, DATE = "count", "date"
TIMES = 10
NUMBER = {
    "invalid": gettext_lazy("A number will do."),
    "min_value": gettext_lazy("From 1 on."),
    "max_value": gettext_lazy("That is too many."),
}


def _weekdays(first: int) -> list[tuple[str, str]]:
    """What is offered of them, from this one on."""
    return [(str(day % 7), formats.weekday(day % 7)) for day in range(first, first + 7)]


class RepeatsForm(forms.Form):
    """Fields for a rule. Whoever cleans the times calls `clean_rule` with the start."""

    repeats = forms.ChoiceField(
        label=gettext_lazy("Repeats"),
        required=False,
        choices=[
            ("", gettext_lazy("Does not repeat")),
            ("daily", gettext_lazy("Daily")),
            ("weekly", gettext_lazy("Weekly")),
            ("monthly", gettext_lazy("Monthly")),
            ("yearly", gettext_lazy("Yearly")),
        ],
        widget=forms.Select(attrs={"class": "select"}),
    )
    every = forms.IntegerField(
        label=pgettext_lazy("before a number of weeks", "Every"),
        required=False,
        error_messages=NUMBER,
        widget=forms.NumberInput(attrs={"class": "input", "min": 1, "max": LONGEST_INTERVAL}),
    )
    days = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("before days of the week", "On"),
        required=False,
        coerce=int,
        choices=partial(_weekdays, 0),
        widget=forms.CheckboxSelectMultiple,
    )
    monthly = forms.ChoiceField(
        label=gettext_lazy("On which day of the month"),
        required=False,
        choices=[
            (BY_DATE, gettext_lazy("on the same date")),
            (BY_WEEKDAY, gettext_lazy("on the same weekday, such as the second Tuesday")),
            (BY_LAST, gettext_lazy("on the last such weekday")),
        ],
        widget=forms.Select(attrs={"class": "select"}),
    )
    ends = forms.ChoiceField(
        label=gettext_lazy("Ends"),
        required=False,
        choices=[(COUNT, pgettext_lazy("a number of times", "after")), (DATE, gettext_lazy("on a day"))],
        widget=forms.Select(attrs={"class": "select"}),
    )
    times = forms.IntegerField(
        label=gettext_lazy("How many times"),
        required=False,
        error_messages=NUMBER,
        widget=forms.NumberInput(attrs={"class": "input", "min": 1, "max": MOST}),
    )
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        error_messages={"invalid": gettext_lazy("That is not a date. Write it like 2026-11-23.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"class": "input", "type": "date"}),
    )

    def begin_week_on(self, starts: int) -> None:
        """Offer the weekdays in another order than from Monday on; the rules stay the same."""
        days = cast(forms.MultipleChoiceField, self.fields["days"])
        days.choices = _weekdays(starts)

    def clean_rule(self, start: datetime) -> tuple[Rule, list[datetime]] | None:
        """The rule and its times on the wall clock, `start` being the first that may fit.

        None for a meeting that does not repeat, and after an error, which stands at its field then.
        """
        data = self.cleaned_data
        if not data.get("repeats"):
            return None
        by_count = data.get("ends") != DATE
        # Of the two ends only the one that was chosen counts, however wrong the other is.
        self.errors.pop("until" if by_count else "times", None)
        wanted = ("every", "times" if by_count else "until")
        if not {"repeats", "days", *wanted}.isdisjoint(self.errors):
            return None
        every = 1 if data["every"] is None else data["every"]
        times, until = data.get("times"), data.get("until")
        if not 1 <= every <= LONGEST_INTERVAL:
            self.add_error("every", _("Choose a number from 1 to %(most)s.") % {"most": LONGEST_INTERVAL})
        elif by_count and times is None:
            self.add_error("times", _("How many times?"))
        elif by_count and not 1 <= (times or 0) <= MOST:
            self.add_error("times", _("From 1 to %(most)s times.") % {"most": MOST})
        elif not by_count and until is None:
            self.add_error("until", _("Until which day?"))
        elif not by_count and until and until < start.date():
            first = {"day": words.day(start.date())}
            self.add_error("until", _("That is before the first day, %(day)s.") % first)
        else:
            rule = Rule(
                FREQUENCIES[("daily", "weekly", "monthly", "yearly").index(data["repeats"])],
                every,
                tuple(sorted(data["days"])) if data["repeats"] == "weekly" else (),
                _nth(data.get("monthly") or BY_DATE, start) if data["repeats"] == "monthly" else None,
                times if by_count else None,
                None if by_count else until,
            )
            try:
                found = recurrence.expand(rule, start)
            except WrongRule as wrong:
                self.add_error(wanted[1], str(wrong))
                return None
            if rule.weekdays == (found[0].weekday(),):
                # Every Tuesday from a Tuesday on: calendars need no more to know it.
                rule = replace(rule, weekdays=())
            return rule, found
        return None


def follow(days: list[int], stood_for: int | None, on: date) -> list[int]:
    """The days of a rule once the date is another: one that it stood for goes with it, those chosen stay."""
    return [on.weekday()] if not days or days == [stood_for] else days


def days_with_the_date(sent: Mapping[str, Any]) -> list[int] | None:
    """The days as the date that was sent has them; None where they stay.

    `follows` is the weekday of the date before, 0 for Monday, whose day the page ticked; empty for none.
    It comes from a page that asks what will be (meetings/pages/checking.py), and is sent with the form, since
    whoever saves at once does not wait for what the page is told.
    """
    if not isinstance(sent, QueryDict) or "follows" not in sent:
        return None
    try:
        on = date.fromisoformat(sent.get("date", ""))
    except ValueError:
        return None
    days = [_number(day) for day in sent.getlist("days")]
    stood_for = _number(follows) if (follows := sent.get("follows", "")) else None
    with_the_date = follow(days, stood_for, on)
    return None if with_the_date == days else with_the_date


def _number(text: str) -> int:
    return int(text) if len(text) < 8 and text.isdecimal() else 0


def units(every: int) -> dict[str, str]:
    """What stands behind the number in "Every 2 weeks", by how it repeats."""
    return {
        "daily": ngettext("day", "days", every),
        "weekly": ngettext("week", "weeks", every),
        "monthly": ngettext("month", "months", every),
        "yearly": ngettext("year", "years", every),
    }


def on_day_of_month(on: date) -> dict[str, str]:
    """The ways in which a month knows this day: on the 26th, on the fourth Tuesday, on the last Tuesday."""
    day = formats.weekday(on.weekday())
    named = {"number": words.ordinal_number(on.day), "nth": words.ordinal((on.day - 1) // 7 + 1), "day": day}
    return {
        BY_DATE: _("on the %(number)s") % named,
        BY_WEEKDAY: _("on the %(nth)s %(day)s") % named,
        BY_LAST: _("on the last %(day)s") % named,
    }


def _nth(monthly: str, start: datetime) -> tuple[int, int] | None:
    """Which weekday of the month the start is, or is to be."""
    if monthly == BY_DATE:
        return None
    return (-1 if monthly == BY_LAST else (start.day - 1) // 7 + 1, start.weekday())


def initial(rrule: str, start: datetime) -> dict[str, Any]:
    """What the fields show for a rule that begins at `start`, and for none."""
    if not rrule:
        return {"every": 1, "monthly": BY_DATE, "ends": COUNT, "times": TIMES}
    rule = recurrence.parse(rrule)
    monthly = BY_DATE if not rule.nth else BY_LAST if rule.nth[0] == -1 else BY_WEEKDAY
    return {
        "repeats": rule.frequency.lower(),
        "every": rule.interval,
        # The day of the start need not be chosen, and goes with the date if it is not.
        "days": [] if rule.weekdays == (start.weekday(),) else list(rule.weekdays),
        "monthly": monthly,
        "ends": COUNT if rule.count else DATE,
        "times": rule.count or TIMES,
        "until": rule.until,
    }


def said(rule: Rule, found: list[datetime], zone: str) -> str:
    """Every second Tuesday at 09:00, Berlin time, ten times, until 4 February 2027."""
    series = {
        "series": words.sentence(rule_words.series(rule, found[0], zone)),
        "last": formats.dated(found[-1], "yMMMMd"),
    }
    if rule.count and rule.count > 1:
        return _("%(series)s, until %(last)s.") % series
    return _("%(series)s.") % series


def dates(found: list[datetime]) -> str:
    """Four times: 23 November, 7 December, 21 December and 4 January."""
    if len(found) == 1:
        return ""
    shown = [formats.dated(at, "MMMMd") for at in found[:4]]
    if len(found) > len(shown):
        shown[3:] = [_("so on to %(last)s") % {"last": formats.dated(found[-1], "yMMMMd")}]
    text = ngettext("%(count)s time: %(days)s.", "%(count)s times: %(days)s.", len(found))
    return words.sentence(text % {"count": words.number(len(found)), "days": words.listed(shown)})
