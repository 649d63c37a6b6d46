"""What a letter says of its reader's answer: the question, what was said already, why it asks again."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from meetings.letters import dates, tags
from meetings.letters.kinds import ASKS
from meetings.letters.news import News
from meetings.letters.sentences import Sentence, joined, say
from meetings.models import Attendee


def say_back(partstat: str) -> str:
    """An answer in a sentence; empty if there is none."""
    return {
        str(Attendee.PartStat.ACCEPTED): pgettext("answer", "yes"),
        str(Attendee.PartStat.TENTATIVE): pgettext("answer", "maybe"),
        str(Attendee.PartStat.DECLINED): pgettext("answer", "no"),
    }.get(partstat, "")


def question(asked: dates.AskedFrom, times: dates.When) -> str:
    if asked.day:
        message = _("Will you come on %(day)s?") if asked.is_last else _("Will you come from %(day)s on?")
        return message % {"day": asked.day}
    return _("Will you come to all of them?") if times.rule else _("Will you come?")


def one_by_one(asked: dates.AskedFrom) -> str:
    """To whoever has answered each date by itself."""
    if asked.day:
        said = _("From %(day)s on, each date has an answer of its own.") % {"day": asked.day}
    else:
        said = _("Each date has an answer of its own.")
    return " ".join([said, _("To give all of them one answer:")])


def held(answer: str, asked: dates.AskedFrom, news: News) -> str:
    """What they said, and what it is about."""
    said = {"answer": answer, "day": asked.day}
    if not asked.day:
        if news.holds_for_new:
            message = _("You said %(answer)s, and that still holds, for the new dates too.")
        else:
            message = _("You said %(answer)s, and that still holds.")
    elif asked.is_last:
        message = _("You said %(answer)s to the dates on %(day)s, and that still holds.")
    elif news.holds_for_new:
        message = _(
            "You said %(answer)s to the dates from %(day)s on, and that still holds, for the new dates too."
        )
    else:
        message = _("You said %(answer)s to the dates from %(day)s on, and that still holds.")
    return " ".join([message % said, _("To change your answer:")])


def reason(news: News, organizer: Sentence, partstat: str) -> str:
    """Why they are asked again."""
    if not news.asks or (news.asks == "restored" and partstat != Attendee.PartStat.NEEDS_ACTION):
        return ""
    reason = say(ASKS[news.asks], organizer=organizer)
    if not news.first_day:
        return reason
    return joined([reason, _("What you said about %(day)s still holds.") % {"day": news.first_day}], " ")


class Choice(NamedTuple):
    """One of the answers: its button, or its line in the text, and where it leads."""

    words: str
    label: str
    url: str


def choices(answer_url: str) -> list[Choice]:
    said = {"yes": _("Yes"), "maybe": _("Maybe"), "no": _("No")}
    # In the text each address begins below the other.
    width = max(len(word) for word in said.values()) + 1
    return [
        Choice(word, f"{word}:".ljust(width), f"{answer_url}?answer={answer}")
        for answer, word in said.items()
    ]


def answer_hint(organizer: Sentence) -> Sentence:
    return say(_("You can add a word to %(organizer)s, and change your answer later."), organizer=organizer)


def calendar_hint() -> str:
    """Where the buttons of a calendar do not reach us."""
    if tags.are_used():
        return ""
    return _("Your answer counts when you give it here, not with your calendar’s buttons.")
