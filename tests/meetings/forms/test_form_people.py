"""Who is invited, in which place, and what the room is set to: from the form to the meeting."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from meetings.models import Meeting
from meetings.plans import invitations, personal
from tests.markup import markup

FORM = {"title": "Ferries", "date": "2030-11-25", "time": "14:00", "length": "45", "zone": "Europe/Berlin"}


@pytest.fixture
def fill(as_person, alice):
    client = as_person(alice)
    return lambda **changes: client.post(reverse("meetings:new"), {**FORM, **changes})


def said_at(response, field: str) -> str:
    text = html.unescape(markup(response))
    found = re.search(rf'data-wrong="{field}">.*?<span>(.*?)</span>', text)
    assert found, f"nothing is wrong with {field}"
    return found[1]


def listed(response) -> str:
    """What the field for the attendees holds."""
    text = html.unescape(markup(response))
    return re.findall(r'<textarea name="people".*?>(.*?)</textarea>', text, re.DOTALL)[0]


def file(text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("people.csv", text.encode() if isinstance(text, str) else text)


# -- places -------------------------------------------------------------------------------------


def test_optional_people_and_cohosts_get_their_places(fill):
    fill(people="Bob <bob@example.org> (optional)\ndave@far.example (host)\nErin <erin@far.example>")
    places = {a.email: (a.optional, a.cohost) for a in Meeting.objects.get().attendees.all()}
    assert places == {
        "bob@example.org": (True, False),
        "dave@far.example": (False, True),
        "erin@far.example": (False, False),
    }


def test_the_form_shows_the_places_again(as_person, alice, plan):
    meeting = invitations.schedule(
        alice,
        plan(
            "Bob <bob@example.org>",
            optional=frozenset({"bob@example.org"}),
            cohosts=frozenset({"bob@example.org"}),
        ),
    )
    client = as_person(alice)
    for url in (
        reverse("meetings:edit", args=[meeting.code]),
        reverse("meetings:new") + f"?like={meeting.code}",
    ):
        assert listed(client.get(url)).strip() == "Bob <bob@example.org> (optional) (host)"


# -- files --------------------------------------------------------------------------------------


def test_people_come_from_a_file_too(fill):
    fill(people="bob@example.org", file=file("Name;E-Mail\nDave;dave@far.example\nB;BOB@example.org\n"))
    found = {(a.email, a.name) for a in Meeting.objects.get().attendees.all()}
    assert found == {("bob@example.org", "B"), ("dave@far.example", "Dave")}


def test_what_is_wrong_in_a_file_is_named_and_all_of_it_stands_in_the_list(fill):
    response = fill(people="bob@example.org", file=file("Dave,dave@far.example\nCarol,carol@mendez\n"))
    assert (
        said_at(response, "people")
        == "“carol@mendez” lacks its ending, such as .com. The other two are fine."
    )
    assert listed(response).split() == ["bob@example.org", "Dave", "<dave@far.example>", "carol@mendez"]
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * 5 * 1024 * 1024, "This file is 5 MB large. 1 MB is the most, and room for 10,000 people."),
        ("\n".join(f"p{n}@x.example" for n in range(10_000)), "There are 10,000 addresses in this file"),
        (b"\x00\x01\x02@" * 30, "This is not a text file."),
        ("", "There is no e-mail address in this file."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_lost(fill, data, words):
    response = fill(people="bob@example.org", file=file(data))
    assert words in said_at(response, "file")
    assert listed(response).strip() == "bob@example.org"
    assert not Meeting.objects.exists()


def test_a_name_in_a_file_begins_no_header(fill):
    fill(file=file('Name,Email\n"Dave\r\nBcc: x",dave@far.example\n'))
    assert Meeting.objects.get().attendees.get().name in ("", "Dave Bcc: x")


def test_a_file_is_read_as_soon_as_it_is_chosen(as_person, alice):
    client, url = as_person(alice), reverse("meetings:check")

    def check(people="", **sent):
        return json.loads(client.post(url, {**FORM, "people": people, "read": "1", **sent}).content)

    data = "Dave,dave@far.example\nC,carol@mendez"
    found = check("Dave <dave@far.example>\nbob@example.org", file=file(data))
    assert [entry["line"] for entry in found["entries"]] == [
        "Dave <dave@far.example>",
        "bob@example.org",
        "carol@mendez",
    ]
    unread = "One could not be read as an address; the list shows which."
    assert found["file"] == {"words": f"Nobody added from people.csv. {unread}", "is_wrong": False}
    assert check(file=file(data))["file"]["words"] == f"1 added from people.csv. {unread}"
    known = check("dave@far.example", file=file("dave@far.example"))["file"]["words"]
    assert known == "Everybody in people.csv is on the list already."
    too_large = {
        "words": "This file is 5 MB large. 1 MB is the most, and room for 10,000 people.",
        "is_wrong": True,
    }
    assert check(file_size=str(5 * 1024 * 1024))["file"] == too_large
    assert check(file=file(b"x" * 5 * 1024 * 1024))["file"] == too_large
    assert check()["file"] is None


# -- those invited before -----------------------------------------------------------------------


@pytest.fixture
def suggest(as_person, alice, standup):
    client = as_person(alice)
    return lambda asked: json.loads(client.get(reverse("meetings:people"), {"q": asked}).content)["people"]


def test_people_invited_before_are_found_by_name_and_address(suggest):
    bob = {"email": "bob@example.org", "name": "Bob Lindqvist", "line": "Bob Lindqvist <bob@example.org>"}
    for asked in ("bob", "LINDQ", "@example.org"):
        assert suggest(asked) == [bob]
    assert suggest("nobody") == suggest("") == suggest("  ") == []


def test_everybody_is_suggested_once_with_a_name(suggest, alice, plan):
    invitations.schedule(alice, plan("BOB@example.org"))
    assert [(bob["email"], bob["name"]) for bob in suggest("bob")] == [("BOB@example.org", "Bob Lindqvist")]


def test_whom_somebody_else_invited_is_nobodys_business(as_person, carol, standup):
    answer = as_person(carol).get(reverse("meetings:people"), {"q": "bob"})
    assert json.loads(answer.content) == {"people": []}


# -- the room -----------------------------------------------------------------------------------


def test_what_the_room_is_set_to_is_kept(fill, as_person, alice):
    fill(
        description="What we keep.\nWhat we let go.",
        access="invited",
        lobby="on",
        early="15",
        capacity="4",
        reminders=["10", "1440"],
    )
    meeting = Meeting.objects.get()
    assert meeting.description == "What we keep.\nWhat we let go."
    assert (meeting.access, meeting.lobby, meeting.early) == ("invited", True, timedelta(minutes=15))
    assert (meeting.capacity, meeting.reminders) == (4, [10, 1440])
    page = markup(as_person(alice).get(reverse("meetings:edit", args=[meeting.code])))
    assert '<option value="invited" selected>' in page
    assert '<option value="15" selected>' in page
    assert re.search(r'name="capacity" value="4"', page)
    assert len(re.findall(r'name="reminders" value="(?:10|1440)"[^>]* checked', page)) == 2
    assert page.count('<details class="more" open>') == 2


def test_without_a_word_the_room_is_open_and_nobody_is_reminded(fill, as_person, alice):
    fill()
    meeting = Meeting.objects.get()
    assert (meeting.access, meeting.lobby, meeting.early) == ("anyone", False, None)
    assert (meeting.capacity, meeting.reminders, meeting.description) == (None, [], "")
    page = markup(as_person(alice).get(reverse("meetings:new")))
    assert '<details class="more" open>' not in page


@pytest.mark.parametrize("seats", ["1", "0", "-3", "9", "many"])
def test_a_number_of_seats_that_no_room_has_is_refused(fill, seats):
    assert "eats" in said_at(fill(capacity=seats), "capacity")


def test_all_seats_are_no_limit(fill):
    fill(capacity="8")
    assert Meeting.objects.get().capacity is None


@pytest.mark.parametrize("field", ["access", "early", "reminders"])
def test_a_choice_that_was_not_offered_is_refused(fill, field):
    assert fill(**{field: "7"}).status_code == 200
    assert not Meeting.objects.exists()


def test_the_description_stands_on_the_page_and_before_the_call_as_text(as_person, alice, plan, client):
    meeting = invitations.schedule(alice, plan(description="<b>Bold</b> words"))
    for page in (as_person(alice).get(meeting.get_absolute_url()), client.get(meeting.room_url)):
        assert "&lt;b&gt;Bold&lt;/b&gt; words" in markup(page)


# -- the room of one's own ----------------------------------------------------------------------


@pytest.fixture
def room(alice):
    return personal.open_room(alice, "Europe/Berlin")


def test_the_room_of_ones_own_is_named_and_kept_to_whom_it_is_for(as_person, alice, room):
    client, url = as_person(alice), reverse("meetings:own_room")
    assert 'value="Alice’s room"' in html.unescape(markup(client.get(url)))
    new = {"title": "The attic", "description": "Come up", "access": "known", "lobby": "on", "capacity": "3"}
    assert client.post(url, new).status_code == 302
    room.refresh_from_db()
    assert (room.title, room.description, room.access) == ("The attic", "Come up", "known")
    assert (room.lobby, room.capacity) == (True, 3)


@pytest.mark.parametrize("wrong", [{"title": ""}, {"capacity": "99"}, {"access": "invited"}])
def test_a_room_of_ones_own_that_cannot_be_is_refused(as_person, alice, room, wrong):
    client, url = as_person(alice), reverse("meetings:own_room")
    response = client.post(url, {"title": "The attic", "access": "anyone", **wrong})
    assert "One thing to put right" in markup(response)
    assert not Meeting.objects.filter(title="The attic").exists()


def test_a_room_of_ones_own_is_not_planned(as_person, alice, room):
    client = as_person(alice)
    for name in ("edit", "cancel"):
        assert client.get(reverse(f"meetings:{name}", args=[room.code])).status_code == 404


def test_who_has_no_room_yet_is_led_to_where_it_is_opened(as_person, carol):
    response = as_person(carol).get(reverse("meetings:own_room"))
    assert response["Location"] == reverse("meetings:list")
    assert not Meeting.objects.exists()
