from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from meetings.forms import addresses
from meetings.forms.meeting import MeetingForm
from meetings.models import Attendee, Meeting
from meetings.plans import invitations
from outbox.models import Letter
from tests.meetings.typed import FORM


@pytest.fixture
def fill(as_person, alice):
    """`fill(title="…")`: Alice sends the form; what is not named is in order."""
    client = as_person(alice)
    return lambda **changes: client.post(reverse("meetings:new"), {**FORM, **changes})


def errors(response) -> str:
    """What the banner at the top says."""
    text = html.unescape(response.content.decode())
    assert 'class="banner banner-wrong" role="alert"' in text, "no banner: the form was taken"
    return text.partition('role="alert"')[2].partition("All the rest is as you typed it.")[0]


def test_a_meeting_is_planned_and_everybody_invited(fill, alice):
    response = fill()
    meeting = Meeting.objects.get()
    assert response["Location"] == meeting.get_absolute_url()
    assert meeting.organizer == alice
    assert meeting.starts_at == datetime(2030, 11, 25, 13, tzinfo=UTC)
    assert meeting.duration == timedelta(minutes=45)
    assert meeting.time_zone == "Europe/Berlin"
    assert {attendee.email for attendee in meeting.attendees.all()} == {"bob@example.org", "dave@far.example"}
    assert Letter.objects.count() == 2


def test_nobody_has_to_be_invited(fill):
    fill(people="")
    assert Meeting.objects.get().attendees.count() == 0


def test_only_who_has_an_account_plans(client, db):
    response = client.post(reverse("meetings:new"), FORM)
    assert response["Location"].startswith("/account/login/")
    assert not Meeting.objects.exists()


def test_another_length_is_a_number_of_minutes(fill):
    fill(length="other", minutes="100")
    assert Meeting.objects.get().duration == timedelta(minutes=100)


@pytest.mark.parametrize("minutes", ["", "0", "1441", "-5", "ten"])
def test_a_length_that_is_none_is_refused(fill, minutes):
    assert "id_minutes" in errors(fill(length="other", minutes=minutes))
    assert not Meeting.objects.exists()


def test_one_wrong_address_among_twenty_is_named_and_nothing_is_lost(fill):
    people = "\n".join([*(f"person{n}@example.org" for n in range(19)), "carol@mendez"])
    response = fill(people=people)
    assert "“carol@mendez” lacks its ending, such as .com. The other 19 are fine." in errors(response)
    assert "One thing to put right" in errors(response)
    assert 'href="#id_people"' in errors(response)
    page = html.unescape(response.content.decode())
    assert people.replace("\n", "\r\n") in page or people in page
    assert FORM["agenda"] in page
    assert f'value="{FORM["title"]}"' in page
    assert not Meeting.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.parametrize(("wrong", "things", "lines"), [(2, "Two", 2), (5, "Five", 5), (12, "Twelve", 6)])
def test_each_wrong_address_is_one_thing_to_put_right(fill, wrong, things, lines):
    said = errors(fill(people="\n".join(f"person{n}" for n in range(wrong))))
    assert f"{things} things to put right" in said
    assert said.count('href="#id_people"') == lines


def test_several_errors_are_counted_and_linked_in_the_order_of_the_page(fill):
    said = errors(fill(title="", people="carol", date="someday"))
    assert "Three things to put right" in said
    assert said.index("#id_title") < said.index("#id_date") < said.index("#id_people")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"length": ""}, "How long does it last?"),
        ({"length": "7"}, "“Lasts” was set to something that is not on its list. Choose again."),
        ({"zone": ""}, "“Time zone” is empty."),
        ({"access": "nobody"}, "“Who may enter” was set to something that is not on its list."),
        ({"early": "7"}, "“Opens” was set to something that is not on its list."),
        ({"reminders": ["7"]}, "“Reminders by mail” was set to something that is not on its list."),
    ],
)
def test_what_a_page_never_sends_is_refused_by_the_name_of_its_field(fill, fields, said):
    assert said in html.unescape(errors(fill(**fields)))
    assert not Meeting.objects.exists()


def test_a_wrong_field_is_marked_for_screen_readers(fill):
    page = fill(people="carol").content.decode()
    assert 'aria-invalid="true"' in page
    [described] = re.findall(r'<textarea name="people"[^>]* aria-describedby="([^"]*)"', page)
    assert set(described.split()) == {"id_people_helptext", "id_people_error"}
    assert 'id="id_people_helptext"' in page
    assert 'id="id_people_error"' in page


def test_a_time_that_the_clocks_skip_is_named_with_what_to_choose(fill):
    said = errors(fill(date="2031-03-30", time="02:30"))
    assert "the clocks go from 2:00 to 3:00. Choose 3:00 or later." in said


def test_of_an_hour_that_comes_twice_it_takes_the_first(fill):
    fill(date="2030-10-27", time="02:30")
    assert Meeting.objects.get().starts_at == datetime(2030, 10, 27, 0, 30, tzinfo=UTC)


def test_a_meeting_across_the_change_lasts_as_long_as_it_says(fill):
    fill(date="2031-03-30", time="01:30", length="60")
    meeting = Meeting.objects.get()
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=1)


def test_a_past_day_is_refused_with_todays(fill):
    assert "That day is over: today is" in errors(fill(date="2020-01-01"))


@pytest.fixture
def at_noon(monkeypatch):
    """It is 3 June 2030, 12:00:30 in Berlin; gives the form for a time on that day."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2030, 6, 3, 10, 0, 30, tzinfo=UTC))
    return lambda time: MeetingForm({**FORM, "date": "2030-06-03", "time": time})


def test_a_past_time_is_refused_with_the_time_it_is(at_noon):
    assert at_noon("11:59").errors["time"] == ["That time is over: it is 12:00 in Berlin now."]


def test_this_very_minute_is_not_past(at_noon):
    assert at_noon("12:00").is_valid()


@pytest.mark.parametrize("date", ["9999-12-31", "0001-01-01", "2150-01-01"])
def test_the_ends_of_the_calendar_are_refused_in_words(fill, date):
    assert "#id_date" in errors(fill(date=date, zone="Pacific/Kiritimati"))


def test_a_title_of_ten_kilobytes_is_measured_and_kept(fill):
    title = "x" * 10_240
    response = fill(title=title)
    assert "The title is 10,240 characters long. 200 is the most." in errors(response)
    assert title in response.content.decode()


def test_control_and_direction_characters_are_left_out(fill):
    fill(
        title="Pay\u202eroll\x00\u2066 now\x1b", people="Ev\u202eil <e@far.example>", agenda="a\u202eb\x00\nc"
    )
    meeting = Meeting.objects.get()
    assert meeting.title == "Payroll now"
    assert meeting.agenda == "ab\nc"
    assert meeting.attendees.get().name == "Evil"


def test_a_title_of_nothing_but_invisible_characters_is_none(fill):
    assert "#id_title" in errors(fill(title="\u202e\u2066 \u200b"))


@pytest.mark.parametrize("field", ["title", "date", "time", "length", "minutes", "zone", "people", "agenda"])
def test_a_script_in_any_field_is_only_text(fill, field):
    evil = '"><script>alert(1)</script>'
    page = fill(**{field: evil, "date": evil}).content.decode()
    assert "<script>alert" not in page


def test_a_zone_that_does_not_exist_is_refused(fill):
    assert "#id_zone" in errors(fill(zone="Mars/Olympus"))


def test_the_browsers_old_name_for_a_zone_is_taken(as_person, alice):
    client = as_person(alice)
    client.cookies["zone"] = "Asia/Calcutta"
    assert "Calcutta (Asia/Calcutta), now UTC+5:30" in client.get(reverse("meetings:new")).content.decode()
    client.post(reverse("meetings:new"), {**FORM, "zone": "Asia/Calcutta"})
    assert Meeting.objects.get().time_zone == "Asia/Calcutta"


def test_five_hundred_and_one_are_too_many(fill):
    people = "\n".join(f"person{n}@example.org" for n in range(501))
    assert "That is 501 people. 500 is the most." in errors(fill(people=people))


@pytest.fixture
def bounded(monkeypatch):
    """Whoever reads a list of people reads no more of it than a meeting could need."""

    def parse(text: str) -> addresses.Parsed:
        assert len(text) <= 120_000
        return parse_whole(text)

    parse_whole = addresses.parse
    monkeypatch.setattr(addresses, "parse", parse)


def test_of_a_list_that_no_meeting_could_need_the_rest_is_not_read(fill, bounded):
    said = errors(fill(people="x" * 120_001))
    assert "The list of attendees is 120,001 characters long. 120,000 is the most." in said


def test_ten_thousand_people_are_counted_not_read_and_not_lost(fill, bounded):
    people = "\n".join(f"person{n}@example.org" for n in range(10_000))
    response = fill(people=people)
    assert "That is a list of about 10,000 people. 500 is the most." in errors(response)
    assert "person9999@example.org" in response.content.decode()


def test_a_new_meeting_can_begin_as_a_copy(as_person, alice, standup):
    page = as_person(alice).get(reverse("meetings:new"), {"like": standup.code}).content.decode()
    assert 'value="Autumn timetable"' in page
    assert "Bob Lindqvist &lt;bob@example.org&gt;" in page


def test_nobody_elses_meeting_can_be_copied(as_person, bob, standup):
    assert as_person(bob).get(reverse("meetings:new"), {"like": standup.code}).status_code == 404


# -- changing -----------------------------------------------------------------------------------


def change(client, meeting, **changes):
    return client.post(reverse("meetings:edit", args=[meeting.code]), {**FORM, "agenda": "", **changes})


def test_the_form_shows_what_the_meeting_is(as_person, alice, standup):
    page = as_person(alice).get(reverse("meetings:edit", args=[standup.code])).content.decode()
    assert 'value="2030-11-25"' in page
    assert 'value="14:00"' in page
    assert "Dave &lt;dave@far.example&gt;" in page


def test_saving_without_a_change_sends_nothing(as_person, alice, standup):
    client = as_person(alice)
    response = change(client, standup)
    standup.refresh_from_db()
    assert standup.current.sequence == 0
    assert Letter.objects.count() == 2
    assert "Saved. Nobody needed a letter for that." in client.get(response["Location"]).content.decode()


def test_a_change_says_how_many_letters_it_sent(as_person, alice, standup):
    client = as_person(alice)
    people = "bob@example.org, erin@far.example"
    response = change(client, standup, time="15:00", people=people)
    page = client.get(response["Location"]).content.decode()
    assert "Saved. One letter about the change, one invitation and one letter to somebody taken off" in page


def test_only_the_organizer_changes(as_person, bob, carol, standup):
    for person in (bob, carol):
        assert change(as_person(person), standup, title="Mine").status_code == 404
        assert as_person(person).get(reverse("meetings:edit", args=[standup.code])).status_code == 404


def test_a_meeting_that_goes_on_can_get_a_new_title(as_person, alice, plan, soon):
    started = soon - timedelta(hours=2, minutes=10)
    meeting = invitations.schedule(alice, plan(starts_at=started, time_zone="UTC"))
    same = {"date": f"{started:%Y-%m-%d}", "time": f"{started:%H:%M}", "zone": "UTC", "people": ""}
    change(as_person(alice), meeting, **same, title="Still going on")
    meeting.refresh_from_db()
    assert meeting.title == "Still going on"


def test_a_meeting_in_an_hour_that_comes_again_stays_there(as_person, alice, plan):
    second = datetime(2030, 10, 27, 1, 30, tzinfo=UTC)  # 2:30 in Berlin, for the second time
    meeting = invitations.schedule(alice, plan("bob@example.org", starts_at=second))
    same = {"date": "2030-10-27", "time": "02:30", "people": "bob@example.org"}
    change(as_person(alice), meeting, **same, title="Later that night")
    meeting.refresh_from_db()
    assert (meeting.title, meeting.starts_at) == ("Later that night", second)


def test_a_meeting_that_is_over_is_not_changed(as_person, alice, plan):
    past = datetime.now(UTC) - timedelta(days=1)
    meeting = invitations.schedule(alice, plan("bob@example.org", starts_at=past))
    client = as_person(alice)
    page = client.get(change(client, meeting, title="Was")["Location"]).content.decode()
    assert "This meeting is over and stays as it was." in page
    assert Meeting.objects.get().title == "Autumn timetable"


def test_a_cancelled_meeting_is_not_changed(as_person, alice, standup):
    invitations.cancel(standup)
    assert change(as_person(alice), standup).status_code == 404


# -- cancelling ---------------------------------------------------------------------------------


def test_cancelling_asks_first(as_person, alice, standup):
    page = as_person(alice).get(reverse("meetings:cancel", args=[standup.code])).content.decode()
    assert "Two people get a letter." in page
    standup.refresh_from_db()
    assert not standup.is_cancelled


def test_cancelling_cancels(as_person, alice, standup):
    as_person(alice).post(reverse("meetings:cancel", args=[standup.code]))
    standup.refresh_from_db()
    assert standup.is_cancelled
    assert Letter.objects.filter(kind="cancellation").count() == 2


def test_only_the_organizer_cancels(as_person, bob, standup):
    assert as_person(bob).post(reverse("meetings:cancel", args=[standup.code])).status_code == 404
    standup.refresh_from_db()
    assert not standup.is_cancelled


# -- meet now -----------------------------------------------------------------------------------


def test_meet_now_leads_straight_into_the_room(as_person, alice):
    response = as_person(alice).post(reverse("meetings:now"))
    meeting = Meeting.objects.get()
    assert response["Location"] == meeting.room_url
    assert meeting.instant


def test_a_link_that_is_followed_makes_no_meeting(as_person, alice):
    assert as_person(alice).get(reverse("meetings:now"))["Location"] == reverse("meetings:list")
    assert not Attendee.objects.exists()


@pytest.mark.parametrize(("invited", "is_hidden"), [(7, True), (8, False), (30, False)])
def test_the_form_says_how_many_seats_there_are_once_more_are_invited(fill, invited, is_hidden):
    people = "\n".join(f"p{n}@example.org" for n in range(invited))
    page = fill(title="", people=people).content.decode()
    assert "A room here has 8 seats, yours among them." in page
    assert ('data-seats="8" hidden>' in page) == is_hidden
