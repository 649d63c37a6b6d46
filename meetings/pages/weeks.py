"""My meetings as a week and as a month."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import FirstDay
from language import formats
from meetings import words
from meetings.calendar import grid
from meetings.pages import timetable
from meetings.pages.visitor import signed_in

# What a week or a month is shown of.
FIRST_YEAR, LAST_YEAR = 2000, 2150


@login_required
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Seven days, hour by hour."""
    on, me = _day(request), signed_in(request)
    days, today, now = grid.week_of(on, me.week_starts), timezone.localdate(), timezone.localtime()
    zone = ZoneInfo(timezone.get_current_timezone_name())
    columns = grid.columns(timetable.blocks(me, *grid.bounds(days, zone)), days, zone)
    hours = range(24) if request.GET.get("hours") == "all" else grid.hours(columns)
    context = {
        **_calendar_page("week", on, days[0] - grid.DAY * 7, days[0] + grid.DAY * 7),
        "heading": words.week(days[0], days[-1]),
        # Weeks are numbered from Monday (ISO 8601); others have no number of their own.
        "number": days[0].isocalendar().week if me.week_starts == FirstDay.MONDAY else None,
        "columns": columns,
        "hours": hours,
        "all_hours": len(hours) == 24,
        "now": grid.at_minute(now.hour * 60 + now.minute) if now.hour in hours and today in days else "",
    }
    return render(request, "meetings/week.html", context)


@login_required
@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """A month, day by day."""
    on, me = _day(request), signed_in(request)
    weeks = grid.month_of(on, me.week_starts)
    zone = ZoneInfo(timezone.get_current_timezone_name())
    days = [day for week in weeks for day in week]
    columns = grid.columns(timetable.blocks(me, *grid.bounds(days, zone)), days, zone)
    first = on.replace(day=1)
    context = {
        **_calendar_page(
            "month", on, (first - grid.DAY).replace(day=1), (first + 31 * grid.DAY).replace(day=1)
        ),
        "heading": formats.dated(on, "yMMMM"),
        "month": on.month,
        "weeks": [columns[n : n + 7] for n in range(0, len(columns), 7)],
        "is_empty": not any(column.blocks for column in columns if column.on.month == on.month),
    }
    return render(request, "meetings/month.html", context)


def _day(request: HttpRequest) -> date:
    """The day that the address asks for, else today."""
    try:
        on = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate()
    return on if FIRST_YEAR <= on.year <= LAST_YEAR else timezone.localdate()


def _calendar_page(view: str, on: date, earlier: date, later: date) -> dict[str, object]:
    return {
        "section": "meetings",
        "view": view,
        "on": on,
        "today": timezone.localdate(),
        "earlier": earlier,
        "later": later,
        "zone": timezone.get_current_timezone_name(),
    }
