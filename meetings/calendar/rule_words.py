"""How a rule is said: "every second Tuesday at 09:00, Berlin time, ten times". Pure.

`%(nth)s` is "second" or "31st" in English, and a figure elsewhere: 2, 31.
"""

from __future__ import annotations

from datetime import datetime

from language import formats, ngettext
from language import gettext as _
from meetings import words
from meetings.calendar.recurrence import Rule

ALL_DAYS, WORKDAYS = list(range(7)), list(range(5))


def rule(rule: Rule, start: datetime) -> str:
    """How something repeats: "every second Tuesday", "on the last Friday of every month"."""
    nth = words.ordinal(rule.interval)
    match rule.frequency:
        case "DAILY":
            return _("every day") if rule.interval == 1 else _("every %(nth)s day") % {"nth": nth}
        case "WEEKLY":
            return _weekly(sorted(rule.weekdays) or [start.weekday()], nth if rule.interval > 1 else "")
        case "MONTHLY":
            return _monthly(rule, start, nth if rule.interval > 1 else "")
        case _other:
            return _yearly(start, nth if rule.interval > 1 else "")


def _weekly(days: list[int], nth: str) -> str:
    """`nth` is empty for every week."""
    names = {"nth": nth, "days": words.listed([formats.weekday(day) for day in days])}
    if len(days) == 1:
        return (_("every %(nth)s %(days)s") if nth else _("every %(days)s")) % names
    if days == WORKDAYS:
        return _("every %(nth)s week on weekdays") % names if nth else _("every weekday")
    if nth:
        return _("every %(nth)s week on %(days)s") % names
    return _("every day") if days == ALL_DAYS else _("every %(days)s") % names


def _monthly(rule: Rule, start: datetime, nth: str) -> str:
    """On a weekday of the month or on a date; `nth` is empty for every month."""
    names = {"nth": nth}
    if rule.nth:
        which, day = rule.nth
        names |= {"which": words.ordinal(which) if which > 0 else "", "day": formats.weekday(day)}
        if which == -1:
            if nth:
                return _("on the last %(day)s of every %(nth)s month") % names
            return _("on the last %(day)s of every month") % names
        if nth:
            return _("on the %(which)s %(day)s of every %(nth)s month") % names
        return _("on the %(which)s %(day)s of every month") % names
    names["date"] = words.ordinal_number(start.day)
    if _is_in_some_months(start):
        if nth:
            return _("on the %(date)s of every %(nth)s month, where there is one") % names
        return _("on the %(date)s of every month, where there is one") % names
    if nth:
        return _("on the %(date)s of every %(nth)s month") % names
    return _("on the %(date)s of every month") % names


def _yearly(start: datetime, nth: str) -> str:
    names = {"nth": nth, "date": formats.dated(start, "MMMMd")}
    if _is_leap_day(start):
        if nth:
            return _("every %(nth)s year on %(date)s, in leap years") % names
        return _("every year on %(date)s, in leap years") % names
    return (_("every %(nth)s year on %(date)s") if nth else _("every year on %(date)s")) % names


def _is_in_some_months(start: datetime) -> bool:
    return start.day > 28


def _is_leap_day(start: datetime) -> bool:
    return (start.month, start.day) == (2, 29)


def ending(rule: Rule) -> str:
    """When it ends: "ten times", "until 4 February 2027"."""
    if rule.count == 1:
        return _("once")
    if rule.count == 2:
        return _("twice")
    if rule.count:
        return ngettext("%(count)s time", "%(count)s times", rule.count) % {"count": words.number(rule.count)}
    return _("until %(date)s") % {"date": formats.dated(rule.until, "yMMMMd")} if rule.until else ""


def series(repeats: Rule, start: datetime, zone: str, ends: datetime | None = None) -> str:
    """All of it: "every second Tuesday at 09:00, Berlin time, until 4 February 2027".

    With the end of the first: "… from 09:00 to 09:45, …".
    """
    monthly = repeats.frequency == "MONTHLY" and not repeats.nth and _is_in_some_months(start)
    # What comes after a comma is set off by another.
    is_parted = monthly or (repeats.frequency == "YEARLY" and _is_leap_day(start))
    said = {
        "often": rule(repeats, start),
        "clock": words.clock(start),
        "span": words.span(start, ends) if ends else "",
        "zone": words.zone_words(zone),
        "ending": ending(repeats),
    }
    if ends:
        if is_parted:
            return _("%(often)s, from %(span)s, %(zone)s, %(ending)s") % said
        return _("%(often)s from %(span)s, %(zone)s, %(ending)s") % said
    if is_parted:
        return _("%(often)s, at %(clock)s, %(zone)s, %(ending)s") % said
    return _("%(often)s at %(clock)s, %(zone)s, %(ending)s") % said
