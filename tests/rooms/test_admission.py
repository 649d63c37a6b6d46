from __future__ import annotations

import pytest

from rooms.admission import Admission, MeetingFacts, Refusal, Visitor, admit

ALICE, BOB, CAROL = 1, 2, 3
STANDUP = MeetingFacts(organizer_id=ALICE)
CANCELLED = MeetingFacts(organizer_id=ALICE, cancelled=True)


def removed(*persons, keys=()):
    return MeetingFacts(organizer_id=ALICE, removed_persons=set(persons), removed_keys=set(keys))


def test_the_organizer_is_host():
    answer = admit(Visitor(user_id=ALICE, user_name="Alice"), STANDUP)
    assert answer == Admission("host", "user:1", ("user:1",), "", ALICE, None, "Alice")


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
