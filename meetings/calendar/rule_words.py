"""How a rule is said: "every second Tuesday at 09:00, Berlin time, ten times". Pure."""

from __future__ import annotations

from datetime import datetime

from meetings import words
from meetings.calendar.recurrence import Rule

WHERE_THERE_IS_ONE, IN_LEAP_YEARS = ", where there is one", ", in leap years"
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def rule(rule: Rule, start: datetime) -> str:
    """How something repeats: "every second Tuesday", "on the last Friday of every month"."""
    every = "every" if rule.interval == 1 else f"every {words.ordinal(rule.interval)}"
    match rule.frequency:
        case "DAILY":
            return f"{every} day"
        case "WEEKLY":
            days = sorted(rule.weekdays) or [start.weekday()]
            if len(days) == 1:
                return f"{every} {DAY_NAMES[days[0]]}"
            names = {tuple(range(7)): "every day", tuple(range(5)): "every weekday"}.get(tuple(days))
            if names and rule.interval == 1:
                return names
            listed_days = (
                "weekdays" if names == "every weekday" else words.listed([DAY_NAMES[day] for day in days])
            )
            return f"every {listed_days}" if rule.interval == 1 else f"{every} week on {listed_days}"
        case "MONTHLY":
            if rule.nth:
                which = "last" if rule.nth[0] == -1 else words.ordinal(rule.nth[0])
                return f"on the {which} {DAY_NAMES[rule.nth[1]]} of {every} month"
            where = WHERE_THERE_IS_ONE if start.day > 28 else ""
            return f"on the {words.ordinal_number(start.day)} of {every} month{where}"
        case _:
            where = IN_LEAP_YEARS if (start.month, start.day) == (2, 29) else ""
            return f"{every} year on {start.day} {start:%B}{where}"


def ending(rule: Rule) -> str:
    """When it ends: "ten times", "until 4 February 2027"."""
    if rule.count:
        return (
            "once" if rule.count == 1 else "twice" if rule.count == 2 else f"{words.number(rule.count)} times"
        )
    return f"until {rule.until.day} {rule.until:%B %Y}" if rule.until else ""


def series(repeats: Rule, start: datetime, zone: str, ends: datetime | None = None) -> str:
    """All of it: "every second Tuesday at 09:00, Berlin time, until 4 February 2027".

    With the end of the first: "… from 09:00 to 09:45, …".
    """
    times = f"from {words.span(start, ends)}" if ends else f"at {words.clock(start)}"
    often = rule(repeats, start)
    comma = "," if often.endswith((WHERE_THERE_IS_ONE, IN_LEAP_YEARS)) else ""
    return f"{often}{comma} {times}, {words.zone_words(zone)}, {ending(repeats)}"
