"""Calling people to a meeting: invite, change, cancel, answer. Each is one transaction, letters included.

The verbs stand in modules of their own; whoever uses them imports them from here.
"""

from meetings.plans.accounts import attach, detach, end_invitations
from meetings.plans.answering import respond, respond_to_dates
from meetings.plans.cancelling import cancel, cancel_from, cancel_occurrence
from meetings.plans.changing import change, change_occurrence, tell_all
from meetings.plans.inviting import invite, make_cohost, remove, replace_link, resend
from meetings.plans.plan import InThePast, OccurrencePlan, Plan, Sent
from meetings.plans.scheduling import INSTANT, meet_now, schedule

__all__ = [
    "INSTANT",
    "InThePast",
    "OccurrencePlan",
    "Plan",
    "Sent",
    "attach",
    "cancel",
    "cancel_from",
    "cancel_occurrence",
    "change",
    "change_occurrence",
    "detach",
    "end_invitations",
    "invite",
    "make_cohost",
    "meet_now",
    "remove",
    "replace_link",
    "resend",
    "respond",
    "respond_to_dates",
    "schedule",
    "tell_all",
]
