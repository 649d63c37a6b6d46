"""The agenda in the form, point by point, and how much of the meeting it gives away."""

from __future__ import annotations

from django.utils.translation import ngettext

from meetings.words import Point


def total(points: list[Point], length: int) -> tuple[str, bool]:
    """How many of the meeting's `length` minutes have a point, in words, and whether these are too many.

    Empty while no point has minutes. A `length` that is not known is 0, and nothing is too much for it.
    """
    given = sum(point.minutes or 0 for point in points)
    if not given:
        return "", False
    if not length:
        return ngettext("%(count)s minute", "%(count)s minutes", given) % {"count": given}, False
    named = {"count": given, "length": length, "over": given - length}
    if given > length:
        return (
            ngettext(
                "%(count)s of %(length)s minute, %(over)s too many",
                "%(count)s of %(length)s minutes, %(over)s too many",
                length,
            )
            % named
        ), True
    return ngettext(
        "%(count)s of %(length)s minute", "%(count)s of %(length)s minutes", length
    ) % named, False
