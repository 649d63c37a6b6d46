"""Dates, times, lists and numbers as a language writes them (CLDR, by Babel). Pure: values in, words out.

Each takes the language, "de" or "pt-br"; without one it is the current one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_interval, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from language import SOURCE, current_language, pseudo

# A pseudo-language writes dates as a real one does that has no letter in common with English.
BORROWED = {pseudo.ACCENTED: "el", pseudo.MIRRORED: "ar"}
# Our English: the day before the month, which CLDR does in Britain, and a comma, which it does in America.
OURS = {
    "E": "E",
    "EEEE": "EEEE",
    "EEEEEE": "EEEEEE",
    "Hm": "HH:mm",
    "MMM": "MMM",
    "MMMEd": "E d MMM",
    "MMMM": "MMMM",
    "MMMMEEEEd": "EEEE, d MMMM",
    "MMMMEd": "E, d MMMM",
    # The same parts for CLDR, and no comma.
    "MMMMdE": "E d MMMM",
    "yMMMMdE": "E d MMMM y",
    "MMMMd": "d MMMM",
    "MMMd": "d MMM",
    "yMMMEd": "E d MMM y",
    "yMMMM": "MMMM y",
    "yMMMMEEEEd": "EEEE, d MMMM y",
    "yMMMMEd": "E, d MMMM y",
    "yMMMMd": "d MMMM y",
    "yMMMd": "d MMM y",
}
QUOTED = re.compile(r"('[^']*')")


def cldr(language: str) -> str:
    """The name by which CLDR knows a language: "pt_BR", "zh_Hans"."""
    return BORROWED.get(language, language).replace("-", "_")


def tag(language: str) -> str:
    """By which name a browser writes dates (BCP 47): "de", "pt-BR". English is British there."""
    if language == SOURCE:
        return "en-GB"
    first, _, rest = BORROWED.get(language, language).partition("-")
    return f"{first}-{rest.title() if len(rest) > 2 else rest.upper()}" if rest else first


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(cldr(language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(cldr(language).partition("_")[0])


@cache
def _pattern(skeleton: str, language: str) -> str:
    """What CLDR writes for these parts of a date, in the order and with the marks of the language."""
    if language == SOURCE:
        return OURS[skeleton]
    skeletons = _locale(language).datetime_skeletons
    skeleton = skeleton.replace("dE", "Ed")
    if skeleton in skeletons:
        return str(skeletons[skeleton].pattern)
    # CLDR lists the short day of the week; the long one stands in its place (UTS 35, 2.6.2.2).
    if "EEEE" in skeleton and (short := skeletons.get(skeleton.replace("EEEE", "E"))):
        parts = QUOTED.split(short.pattern)
        return "".join(part if part.startswith("'") else re.sub(r"[Ec]+", "EEEE", part) for part in parts)
    return skeleton


def dated(at: date, skeleton: str, language: str | None = None) -> str:
    """A date by its parts (UTS 35, 4): "MMMMEEEEd" is Monday, 23 November; "yMMMd" 23 Nov 2026.

    A `datetime` is said in its own zone.
    """
    language = language or current_language()
    moment = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day)  # noqa: DTZ001  (a day)
    return format_datetime(
        moment.replace(tzinfo=None), _pattern(skeleton, language), locale=_locale(language)
    )


def clock(at: datetime, language: str | None = None) -> str:
    """14:05; the day has 24 hours everywhere."""
    return dated(at, "Hm", language)


def weekday(number: int, language: str | None = None) -> str:
    """Monday for 0, as `date.weekday()` counts."""
    return dated(date(2024, 1, 1 + number), "EEEE", language)


def period(first: date, last: date, language: str | None = None) -> str:
    """23 to 29 November 2026: two days and those between them."""
    language = language or current_language()
    if language != SOURCE:
        return str(format_interval(first, last, "yMMMd", locale=_locale(language)))
    end = dated(last, "yMMMMd", language)
    if first.year != last.year:
        return f"{dated(first, 'yMMMMd', language)} to {end}"
    return f"{first.day if first.month == last.month else dated(first, 'MMMMd', language)} to {end}"


def length(hours: int, minutes: int, language: str | None = None) -> str:
    """1 hour 30 minutes, 45 minutes."""
    parts = []
    if hours:
        parts.append(units(hours, "hour", language))
    if minutes or not hours:
        parts.append(units(minutes, "minute", language))
    return str(format_list(parts, style="unit-narrow", locale=_locale(language or current_language())))


def units(number: int, unit: str, language: str | None = None) -> str:
    """2 weeks, 1 day: a number of a unit of time, by its English name."""
    return str(format_unit(number, f"duration-{unit}", locale=_locale(language or current_language())))


def city(zone: str, language: str | None = None) -> str:
    """The place that a time zone is named for (UTS 35, 4: exemplar city): "Europe/Berlin" is Berlin."""
    return str(get_timezone_location(zone, locale=_locale(language or current_language()), return_city=True))


def listed(items: Sequence[str], language: str | None = None) -> str:
    """A, B and C."""
    language = language or current_language()
    if language == SOURCE:
        return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)
    return format_list(list(items), locale=_locale(language))


def figure(number: float, language: str | None = None) -> str:
    """1,234.5"""
    return format_decimal(number, locale=_locale(language or current_language()))
