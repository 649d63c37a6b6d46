from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from meetings.calendar.recurrence import Rule
from meetings.models import Attendee, Meeting
from meetings.pages import feed, overview, timetable
from meetings.plans import conflicts, invitations
from outbox.models import Letter
from tests.markup import markup

PartStat = Attendee.PartStat


@pytest.fixture
def my_list(as_person):
    """`my_list(bob)`: the text of his list."""
    return lambda user, url="/": as_person(user).get(url).content.decode()


def words_of(page: str) -> str:
    """What is read, without the tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def test_a_stranger_is_welcomed(client, db):
    page = client.get("/").content.decode()
    assert "Meet at one table" in page
    assert reverse("account_login") in page
    assert reverse("account_signup") in page


def test_the_first_page_shows_what_this_is_and_leads_on(client, db, settings):
    settings.SITE_NAME = "Northline meets"
    page = client.get("/").content.decode()
    assert "<title>Northline meets: meetings at one table</title>" in page
    assert page.count("button-primary") == 1
    assert re.search(rf'button-primary" href="{reverse("account_signup")}">\s*Make an account', markup(page))
    assert "images/room.webp" in page
    assert "images/letter.webp" in page
    assert "go from browser to browser" in page


def test_no_page_says_the_product_where_a_site_has_a_name_of_its_own():
    for template in (Path(__file__).parents[3] / "templates").rglob("*.html"):
        said = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", template.read_text())
        assert "Roundtable" not in said, template


def test_a_code_leads_from_the_first_page_to_its_room(client, db, standup):
    assert client.get(reverse("meetings:go"), {"to": standup.code.upper()})["Location"] == standup.room_url


def test_a_code_that_is_none_is_said_and_stands_there_as_it_was_typed(client, db):
    page = client.get(reverse("meetings:go"), {"to": 'nothing"here'}).content.decode()
    assert "A code has 13 letters and digits" in page
    assert 'value="nothing&quot;here"' in page


def test_somebody_without_meetings_is_shown_a_free_table(my_list, carol):
    page = my_list(carol)
    assert "Your table is free" in page
    assert page.count("button-primary") == 1


def test_the_next_meeting_is_the_door_with_the_one_filled_button(my_list, alice, plan, soon):
    invitations.schedule(alice, plan(title="Second", starts_at=soon + timedelta(hours=1)))
    first = invitations.schedule(alice, plan(title="First", starts_at=soon))
    page = my_list(alice)
    shown = page.partition('class="up-next"')[2].partition("</section>")[0]
    assert "First" in shown
    assert re.search(rf'href="{first.room_url}"\s*>\s*Join', shown)
    assert page.count("button-primary") == 1


def test_the_organizer_is_not_counted_as_an_answer_to_themselves(my_list, alice, bob, plan, soon, settings):
    meeting = invitations.schedule(alice, plan("bob@example.org\ncarol@example.org", starts_at=soon))
    assert "No answers here yet. You are the host." in words_of(my_list(alice))
    settings.REPLY_ADDRESS = "answers@example.org"
    assert "No answers yet. You are the host." in words_of(my_list(alice))
    invitations.respond(meeting.attendees.get(email="bob@example.org"), PartStat.ACCEPTED)
    assert "Two of three said yes. You are the host." in words_of(my_list(alice))


def test_what_i_declined_or_what_is_cancelled_is_no_door(my_list, alice, bob, plan, soon):
    declined = invitations.schedule(alice, plan("bob@example.org", title="Declined", starts_at=soon))
    invitations.respond(declined.attendees.get(), PartStat.DECLINED)
    invitations.cancel(invitations.schedule(bob, plan(title="Cancelled", starts_at=soon)))
    invitations.schedule(bob, plan(title="Standing", starts_at=soon + timedelta(days=1)))
    shown = my_list(bob).partition('class="up-next"')[2].partition("</section>")[0]
    assert "Standing" in shown


def test_i_see_what_i_organize_and_what_i_am_invited_to(my_list, alice, bob, carol, standup):
    assert "Autumn timetable" in my_list(alice)
    assert "Autumn timetable" in my_list(bob)
    assert "Autumn timetable" not in my_list(carol)


def test_what_i_was_removed_from_is_gone(my_list, bob, standup, invited):
    invitations.remove(invited("bob"))
    assert "Autumn timetable" not in my_list(bob)


def test_times_are_in_my_zone(my_list, alice, standup):
    alice.time_zone = "Asia/Taipei"
    alice.save()
    assert "21:00 to 21:45 , Taipei time" in words_of(my_list(alice))


def test_days_are_mine_too(alice, plan):
    late = datetime(2030, 11, 25, 23, 30, tzinfo=UTC)
    meeting = invitations.schedule(alice, plan(starts_at=late))
    for zone, day in (("UTC", 25), ("Europe/Berlin", 26)):
        with timezone.override(zone):
            [found] = overview.days(overview.rows(meeting.occurrences.all(), alice))
            assert found.on.day == day


def test_days_are_called_today_tomorrow_and_by_their_weekday(alice, plan, monkeypatch):
    noon = datetime(2030, 11, 25, 12, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    starts = [noon + timedelta(hours=hours) for hours in (1, 2, 24, 72)]
    for n, at in enumerate(starts):
        invitations.schedule(alice, plan(title=str(n), starts_at=at))
    with timezone.override("UTC"):
        rows = overview.rows(overview.coming(alice), alice)
        below = overview.days(rows[1:], after=overview.up_next(rows))
    assert [(day.heading, day.line) for day in below] == [
        ("Later today", ""),
        ("Tomorrow", "Tue, 26 November"),
        ("Thursday", "28 November"),
    ]


def test_a_meeting_that_began_yesterday_and_goes_on_is_now(alice, plan, monkeypatch):
    early = datetime(2030, 11, 25, 1, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: early)
    meeting = invitations.schedule(
        alice, plan(starts_at=early - timedelta(hours=2), duration=timedelta(hours=4))
    )
    with timezone.override("UTC"):
        [day] = overview.days(overview.rows(meeting.occurrences.all(), alice))
    assert day.heading == "Now"


def test_an_invitation_is_answered_in_the_list(as_person, bob, alice, plan, soon):
    invitations.schedule(bob, plan(title="The door", starts_at=soon))
    meeting = invitations.schedule(alice, plan("bob@example.org", starts_at=soon + timedelta(hours=1)))
    client = as_person(bob)
    assert 'aria-label="Your answer to Autumn timetable"' in client.get("/").content.decode()
    response = client.post(reverse("meetings:answer", args=[meeting.code]), {"answer": "yes", "from": "list"})
    assert response["Location"] == "/"
    assert meeting.attendees.get().answer.partstat == PartStat.ACCEPTED
    assert "Going" in client.get("/").content.decode()


def test_who_hears_the_list_is_told_whether_a_series_is_answered_or_a_date(as_person, bob, alice, plan, soon):
    rrule = str(Rule("DAILY", count=2))
    meeting = invitations.schedule(alice, plan("bob@example.org", starts_at=soon, rrule=rrule))
    client = as_person(bob)
    assert 'aria-label="Your answer to the series Autumn timetable"' in client.get("/").content.decode()
    _, second = meeting.occurrences.all()
    invitations.respond(meeting.attendees.get(), PartStat.ACCEPTED, occurrence=second)
    said = r'aria-label="Your answer to Autumn timetable, \w+,? \d+ \w+,? \d\d:\d\d"'
    assert re.search(said, client.get("/").content.decode())


def test_nobody_answers_for_another(as_person, alice, carol, standup):
    for person in (alice, carol):
        response = as_person(person).post(reverse("meetings:answer", args=[standup.code]), {"answer": "yes"})
        assert response.status_code == 404


def test_the_head_says_what_is_left_today_and_what_waits_for_an_answer(alice, bob, plan, monkeypatch):
    noon = datetime(2030, 11, 25, 12, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    invitations.schedule(alice, plan(starts_at=noon + timedelta(hours=1)))
    invitations.schedule(bob, plan("alice@example.org", starts_at=noon + timedelta(hours=2)))
    invitations.schedule(alice, plan(starts_at=noon + timedelta(hours=3)))
    with timezone.override("UTC"):
        rows = overview.rows(overview.coming(alice), alice)
        said = overview.summary(rows, overview.up_next(rows))
    assert said == "Two more meetings today. One waits for your answer."


def test_a_letter_that_came_back_is_shown_to_the_organizer_alone(my_list, alice, bob, plan, soon):
    for user in (alice, bob):
        invitations.schedule(user, plan(title="The door", starts_at=soon))
    invitations.schedule(alice, plan("bob@example.org, x@far.example", starts_at=soon + timedelta(hours=1)))
    Letter.objects.filter(recipient="x@far.example").update(dead_at=timezone.now())
    assert "One letter came back" in my_list(alice)
    assert "came back" not in my_list(bob)


def test_a_cancelled_meeting_is_struck_through_until_its_time_is_over(my_list, bob, standup):
    invitations.cancel(standup)
    page = my_list(bob)
    assert 'class="meeting cancelled"' in page
    assert "Alice cancelled this today" in page


def test_what_is_over_is_on_another_page(my_list, alice, plan):
    over = invitations.schedule(alice, plan(title="Long ago", starts_at=timezone.now() - timedelta(days=40)))
    assert "Long ago" not in my_list(alice)
    page = my_list(alice, reverse("meetings:past"))
    assert "Long ago" in page
    assert over.get_absolute_url() in page


def test_the_past_of_a_newcomer_is_empty_in_words(my_list, carol):
    assert "Nothing is over yet." in my_list(carol, reverse("meetings:past"))


def test_the_list_takes_as_many_queries_for_many_meetings_as_for_one(
    as_person, alice, plan, soon, django_assert_max_num_queries
):
    people = "\n".join(f"person{n}@example.org" for n in range(5))
    for n in range(25):
        invitations.schedule(alice, plan(people, title=f"Meeting {n}", starts_at=soon + timedelta(hours=n)))
    client = as_person(alice)
    with django_assert_max_num_queries(9) as queries:
        page = client.get("/").content.decode()
    assert "Meeting 24" in page, [query["sql"][:80] for query in queries]


def test_a_long_list_goes_on_on_another_page(my_list, alice, plan, soon):
    for n in range(52):
        invitations.schedule(alice, plan(title=f"Meeting {n};", starts_at=soon + timedelta(hours=n)))
    assert "Meeting 51;" not in my_list(alice)
    assert "Meeting 51;" in my_list(alice, "/?page=2")


def test_a_script_in_a_name_or_title_is_only_text(my_list, alice, bob, plan, soon):
    evil = "<script>alert(1)</script>"
    alice.name = evil
    alice.save()
    for n in range(2):
        people = f'"{evil}" <e@far.example>, bob@example.org'
        invitations.schedule(
            alice, plan(people, title=evil, agenda=evil, starts_at=soon + timedelta(hours=n))
        )
    meeting = Meeting.objects.all()[0]
    for page in (my_list(alice), my_list(bob), my_list(alice, meeting.get_absolute_url())):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.fixture
def twice(alice, bob, plan):
    """`twice()`: a meeting to which Bob is invited by two addresses of his one account."""
    EmailAddress.objects.create(user=bob, email="bob@work.example", verified=True)

    def make(**changes):
        return invitations.schedule(alice, plan("bob@example.org, bob@work.example", **changes))

    return make


def test_who_is_invited_by_two_addresses_answers_for_both(as_person, bob, twice):
    meeting = twice()
    url = reverse("meetings:answer", args=[meeting.code])
    assert as_person(bob).post(url, {"answer": "yes"}).status_code == 302
    assert [attendee.answer.partstat for attendee in meeting.attendees.all()] == [PartStat.ACCEPTED] * 2


def test_of_two_invitations_of_one_person_the_later_answer_counts_everywhere(bob, twice):
    meeting = twice()
    first, second = meeting.attendees.order_by("pk")
    invitations.respond(second, PartStat.DECLINED)
    invitations.respond(first, PartStat.ACCEPTED)
    [occurrence] = meeting.occurrences.select_related("meeting")
    [row] = overview.rows([occurrence], bob)
    [timed] = timetable.blocks(bob, meeting.starts_at, meeting.ends_at)
    assert (row.partstat, timed.item.partstat) == (PartStat.ACCEPTED, PartStat.ACCEPTED)
    assert feed.contents(bob).series
    assert conflicts.find(bob, [(meeting.starts_at, meeting.ends_at)])
