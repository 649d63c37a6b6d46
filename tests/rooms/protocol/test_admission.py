from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.protocol.admission import (
    Admission,
    DoorFacts,
    MeetingFacts,
    Refusal,
    Visitor,
    admit,
    door,
    opens_at,
)

ALICE, BOB, CAROL = 1, 2, 3
STANDUP = MeetingFacts(organizer_id=ALICE)
CANCELLED = MeetingFacts(organizer_id=ALICE, cancelled=True)


def removed(*persons, keys=()):
    return MeetingFacts(organizer_id=ALICE, removed={*persons, *(f"guest:{key}" for key in keys)})


def test_the_organizer_is_host():
    answer = admit(Visitor(user_id=ALICE, user_name="Alice"), STANDUP)
    assert answer == Admission("host", "user:1", ("user:1",), "", ALICE, None, "Alice", "Alice")


def test_the_organizer_is_host_even_with_somebodys_personal_link_in_the_session():
    visitor = Visitor(user_id=ALICE, user_name="Alice", attendee_id=7, attendee_name="Bob")
    answer = admit(visitor, STANDUP)
    assert isinstance(answer, Admission)
    assert (answer.role, answer.person, answer.name) == ("host", "user:1", "Alice")
    assert answer.attendee_id is None  # whose removal from the list would end the organizer's own call


def test_the_organizer_is_host_even_in_a_browser_whose_guest_was_removed_or_whose_link_was_revoked():
    visitor = Visitor(user_id=ALICE, guest_key="key", revoked=True)
    answer = admit(visitor, removed("user:1", "guest:key", keys=["key"]))
    assert isinstance(answer, Admission)
    assert answer.role == "host"


@pytest.mark.parametrize(
    ("visitor", "person", "name"),
    [
        (Visitor(user_id=BOB, user_name="Bob", attendee_id=7, guest_key="k"), "user:2", "Bob"),
        (Visitor(user_id=CAROL, user_name="Carol", guest_key="k"), "user:3", "Carol"),
        (Visitor(user_id=CAROL, user_name="Carol"), "user:3", "Carol"),
        (Visitor(attendee_id=7, attendee_name="Bob", guest_key="k"), "attendee:7", "Bob"),
        (Visitor(attendee_id=7, typed_name="Bobby"), "attendee:7", "Bobby"),
        (Visitor(guest_key="k"), "guest:k", ""),
        (Visitor(guest_key="k", typed_name="Dave"), "guest:k", "Dave"),
    ],
)
def test_attendees_and_whoever_opened_the_meeting_link_are_participants(visitor, person, name):
    answer = admit(visitor, STANDUP)
    assert isinstance(answer, Admission)
    assert (answer.role, answer.person, answer.name) == ("participant", person, name)


def test_who_has_opened_no_link_and_is_not_signed_in_may_not_enter():
    assert admit(Visitor(), STANDUP) == Refusal("sign-in")


@pytest.mark.parametrize("visitor", [Visitor(user_id=ALICE), Visitor(guest_key="k"), Visitor()])
def test_nobody_enters_a_cancelled_meeting(visitor):
    assert admit(visitor, CANCELLED) == Refusal("cancelled")


@pytest.mark.parametrize(
    "visitor",
    [
        Visitor(revoked=True),
        Visitor(revoked=True, guest_key="k"),
        Visitor(revoked=True, guest_key="k", user_id=BOB),
    ],
)
def test_whose_link_or_invitation_was_taken_back_may_not_enter(visitor):
    assert admit(visitor, STANDUP) == Refusal("forbidden")


@pytest.mark.parametrize(
    "meeting",
    [removed("user:2"), removed("attendee:7"), removed("guest:k"), removed("user:99", keys=["k"])],
)
def test_who_was_removed_does_not_come_back_as_somebody_else(meeting):
    assert admit(Visitor(user_id=BOB, attendee_id=7, guest_key="k"), meeting) == Refusal("removed")


def test_a_removal_concerns_nobody_else():
    meeting = removed("user:3", "attendee:8", "guest:other", keys=["other", ""])
    assert isinstance(admit(Visitor(user_id=BOB, attendee_id=7, guest_key="k"), meeting), Admission)
    assert isinstance(admit(Visitor(user_id=BOB), meeting), Admission)


# -- whom it is open to -------------------------------------------------------------------------

EVERYBODY = {
    "organizer": Visitor(user_id=ALICE),
    "invited account": Visitor(user_id=BOB, attendee_id=7),
    "invited by letter": Visitor(attendee_id=7, guest_key="k"),
    "account": Visitor(user_id=CAROL, guest_key="k"),
    "guest": Visitor(guest_key="k"),
    "whose invitation was taken back": Visitor(user_id=CAROL, guest_key="k", revoked=True),
}


@pytest.mark.parametrize(
    ("access", "enters"),
    [
        ("anyone", {"organizer", "invited account", "invited by letter", "account", "guest"}),
        ("known", {"organizer", "invited account", "invited by letter", "account"}),
        ("invited", {"organizer", "invited account", "invited by letter"}),
    ],
)
def test_a_meeting_is_open_to_those_whom_its_organizer_chose(access, enters):
    meeting = MeetingFacts(organizer_id=ALICE, access=access)
    admitted = {name for name, who in EVERYBODY.items() if isinstance(admit(who, meeting), Admission)}
    assert admitted == enters


def test_who_might_be_known_after_signing_in_is_told_to_and_who_is_signed_in_is_not_invited():
    meeting = MeetingFacts(organizer_id=ALICE, access="invited")
    assert admit(Visitor(guest_key="k"), meeting) == Refusal("sign-in")
    assert admit(Visitor(user_id=CAROL), meeting) == Refusal("not-invited")


@pytest.mark.parametrize("access", ["anyone", "known", "invited"])
def test_who_is_invited_as_a_host_is_one(access):
    meeting = MeetingFacts(organizer_id=ALICE, access=access)
    answer = admit(Visitor(attendee_id=7, cohost=True, guest_key="k"), meeting)
    assert isinstance(answer, Admission)
    assert (answer.role, answer.standing) == ("host", "invited")


def test_nobody_is_a_host_by_an_invitation_that_was_taken_back():
    assert admit(Visitor(cohost=True, guest_key="k", revoked=True), STANDUP) == Refusal("forbidden")
    answer = admit(Visitor(cohost=True, guest_key="k"), STANDUP)
    assert isinstance(answer, Admission)
    assert answer.role == "participant"


# -- when ---------------------------------------------------------------------------------------

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEN = timedelta(minutes=10)
SECOND = timedelta(seconds=1)


@given(st.builds(DoorFacts, *[st.just(NOON) | st.none(), *[st.booleans()] * 5]), st.datetimes())
def test_hosts_and_those_let_in_wait_for_nothing(facts, moment):
    moment = moment.replace(tzinfo=UTC)
    assert door("host", facts, moment) == "open"
    assert door("participant", replace(facts, let_in=True), moment) == "open"


def test_the_door_opens_at_its_time_to_the_second():
    facts = DoorFacts(opens_at=NOON)
    assert door("participant", facts, NOON - SECOND) == "early"
    assert door("participant", facts, NOON) == "open"


def test_behind_a_door_that_has_opened_there_may_be_a_lobby():
    facts = DoorFacts(opens_at=NOON, lobby=True)
    assert door("participant", facts, NOON - SECOND) == "early"
    assert door("participant", facts, NOON) == "lobby"


def test_in_somebodys_own_room_the_host_comes_first_and_a_lobby_stays_one():
    assert door("participant", DoorFacts(host_first=True), NOON) == "host"
    assert door("participant", DoorFacts(host_first=True, host_inside=True), NOON) == "open"
    assert door("participant", DoorFacts(host_first=True, host_inside=True, lobby=True), NOON) == "lobby"


def test_without_a_time_or_a_wish_the_door_is_never_shut():
    assert opens_at(None, TEN) is None
    assert opens_at(NOON, None) is None
    assert opens_at(NOON, timedelta()) == NOON
    assert opens_at(NOON, TEN) == NOON - TEN


def test_a_call_that_goes_on_from_the_occurrence_before_keeps_the_door_open():
    before = {"previous_end": NOON - timedelta(days=1)}
    assert opens_at(NOON, TEN, **before, call_since=NOON - timedelta(days=1, hours=1)) is None
    # Hosts who prepare the next one do not.
    assert opens_at(NOON, TEN, **before, call_since=NOON - timedelta(hours=1)) == NOON - TEN
    assert opens_at(NOON, TEN, **before) == NOON - TEN
