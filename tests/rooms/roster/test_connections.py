"""What is kept of who heard whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from meetings.plans import occurrences
from rooms.live import this_process
from rooms.models import Call, ConnectionChange, Participant, Room
from rooms.roster import connections
from rooms.roster.connections import Report

START = timezone.now() - timedelta(minutes=10)


def seat(call, name, number):
    return Participant.objects.create(
        id=f"{call.pk}{name}".ljust(22, "_"),
        call=call,
        person=f"guest:{name}",
        name=name,
        seat=number,
        arrival=number,
        token_digest=name,
    )


@pytest.fixture
def call(standup):
    return Call.objects.create(room=Room.objects.create(meeting=standup), started_at=START)


@pytest.fixture
def ana(call):
    return seat(call, "Ana", 1)


@pytest.fixture
def ben(call):
    return seat(call, "Ben", 2)


@pytest.fixture
def cleo(call):
    return seat(call, "Cleo", 3)


def say(who, seconds, **conditions):
    """`ben="failed"`: what `who` says of their link to Ben, so long after the start."""
    people = {person.name.lower(): person.pk for person in who.call.participants.all()}
    said = {people.get(name, name): condition for name, condition in conditions.items()}
    return connections.note(who.call.room_id, who.pk, [Report(START + timedelta(seconds=seconds), said)])


@pytest.mark.django_db
class TestKeeping:
    def test_each_change_is_kept_once(self, call, ana, ben):
        assert say(ana, 0, ben="connected") == 1
        assert say(ana, 5, ben="connected") == 0
        assert say(ana, 9, ben="repairing") == 1
        assert list(call.connection_changes.values_list("condition", flat=True)) == ["connected", "repairing"]

    def test_both_ends_are_kept(self, call, ana, ben):
        say(ana, 0, ben="connected")
        say(ben, 0, ana="connecting")
        assert call.connection_changes.count() == 2

    def test_several_reports_are_kept_in_their_order_and_with_their_times(self, call, ana, ben):
        reports = [
            Report(START, {ben.pk: "connecting"}),
            Report(START + timedelta(seconds=3), {ben.pk: "connected"}),
        ]
        assert connections.note(call.room_id, ana.pk, reports) == 2
        kept = call.connection_changes.values_list("condition", "at")
        assert list(kept) == [("connecting", START), ("connected", START + timedelta(seconds=3))]

    def test_only_people_of_the_same_call_have_links(self, alice, call, ana):
        elsewhere = occurrences.create(alice, "Other", START)
        other_call = Call.objects.create(room=Room.objects.create(meeting=elsewhere))
        stranger = seat(other_call, "Mallory", 1)
        report = Report(START, {stranger.pk: "failed", "x" * 22: "failed", ana.pk: "failed"})
        assert connections.note(call.room_id, ana.pk, [report]) == 0

    def test_who_is_out_tells_nothing_any_more(self, ana, ben):
        ana.left_at = timezone.now()
        ana.save()
        assert say(ana, 0, ben="failed") == 0

    def test_who_has_just_left_can_still_be_told_of(self, ana, ben):
        ben.left_at = timezone.now()
        ben.save()
        assert say(ana, 0, ben="repairing") == 1

    def test_of_somebody_who_changes_too_often_only_the_last_word_is_kept(
        self, monkeypatch, call, ana, ben, cleo
    ):
        monkeypatch.setattr(connections, "MOST_CHANGES", 3)
        say(ana, 0, ben="connected", cleo="connected")
        say(ana, 1, ben="repairing", cleo="repairing")
        assert call.connection_changes.count() == 3
        say(ana, 2, ben="connected")
        assert call.connection_changes.count() == 3
        assert connections.heard_by({ana.pk}) == {ben.pk}

    def test_one_who_changes_too_often_takes_nothing_from_the_others(self, monkeypatch, call, ana, ben, cleo):
        monkeypatch.setattr(connections, "MOST_CHANGES", 1)
        for second in range(4):
            say(cleo, second, ana="failed" if second % 2 else "connected")
        say(ana, 9, ben="connected")
        assert ben.pk in connections.heard_by({ana.pk})

    def test_a_goodbye_alone_tells_nothing(self, call, ana, ben):
        say(ana, 0, ben="left")
        assert connections.pairs(call) == []
        assert not ConnectionChange.objects.of_pairs_that_never_met().exists()

    def test_a_goodbye_is_no_break(self, call, ana, ben):
        say(ana, 0, ben="connected")
        say(ana, 5, ben="left")
        [pair] = connections.pairs(call)
        assert (pair.met, pair.breaks) == (True, 0)
        assert connections.heard_by({ana.pk}) == set()

    def test_it_costs_few_queries_however_many_links_there_are(
        self, call, ana, django_assert_max_num_queries
    ):
        others = [seat(call, f"Person {n}", n + 2) for n in range(11)]
        with django_assert_max_num_queries(7):
            connections.note(
                call.room_id, ana.pk, [Report(START, {other.pk: "connected" for other in others})]
            )
        assert call.connection_changes.count() == 11

    def test_it_goes_with_the_call(self, call, ana, ben):
        say(ana, 0, ben="connected")
        call.delete()
        assert not ConnectionChange.objects.exists()


@pytest.mark.django_db
class TestLookingBack:
    def told(self, call):
        return [str(pair) for pair in connections.pairs(call)]

    def test_a_pair_that_always_heard_each_other(self, call, ana, ben):
        say(ana, 0, ben="connected")
        say(ben, 1, ana="connected")
        assert self.told(call) == ["Ana and Ben heard each other"]

    def test_a_pair_that_lost_each_other_and_found_each_other_again(self, call, ana, ben):
        say(ana, 0, ben="connected")
        say(ben, 0, ana="connected")
        say(ben, 60, ana="repairing")
        say(ana, 62, ben="repairing")
        say(ben, 70, ana="connected")
        say(ana, 75, ben="connected")
        assert self.told(call) == ["Ana and Ben lost each other once, for 15 s in all"]

    def test_a_break_ends_when_one_of_them_leaves(self, call, ana, ben):
        say(ana, 0, ben="connected")
        say(ana, 60, ben="repairing")
        ben.left_at = START + timedelta(seconds=150)
        ben.save()
        assert self.told(call) == ["Ana and Ben lost each other once, for 1 min 30 s in all"]

    def test_pairs_that_never_met_come_first(self, call, ana, ben, cleo):
        say(ana, 0, ben="connected", cleo="connecting")
        say(cleo, 20, ana="failed")
        assert self.told(call) == ["Ana and Cleo never heard each other", "Ana and Ben heard each other"]

    def test_a_pair_has_met_when_either_end_says_so(self, call, ana, ben, cleo):
        say(ana, 0, ben="failed", cleo="failed")
        say(ben, 5, ana="connected")
        never = ConnectionChange.objects.of_pairs_that_never_met()
        assert {change.other for change in never} == {cleo}


@pytest.mark.django_db(transaction=True)
async def test_what_a_page_says_of_its_links_is_kept(enter):
    alice, bob = await enter("Alice"), await enter("Bob")
    await bob.says("links", links={alice.me: "connecting"})
    await bob.says("links", links={alice.me: "connected", "n" * 22: "failed"})
    await bob.is_quiet()
    await this_process.registry().idle()
    changes = ConnectionChange.objects.values_list("participant_id", "other_id", "condition")
    kept = [change async for change in changes]
    assert kept == [(bob.me, alice.me, "connecting"), (bob.me, alice.me, "connected")]


@pytest.mark.django_db(transaction=True)
async def test_nobody_else_is_told_by_the_server(enter):
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    await bob.says("links", links={alice.me: "failed"})
    await bob.is_quiet()
    await alice.is_quiet()
