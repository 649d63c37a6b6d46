"""What the organizer sees of each attendee, and does about it."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings import links, words
from meetings.calendar.recurrence import Rule
from meetings.letters import announcements, quota
from meetings.letters.quota import TooManyLetters
from meetings.models import Announcement, Attendee, LetterQuota, Meeting
from meetings.plans import invitations
from meetings.plans.invitations import OccurrencePlan
from outbox import delivery
from outbox.models import Letter
from tests.markup import markup
from tests.meetings.conftest import MONDAY

PartStat = Attendee.PartStat
YES, NO = PartStat.ACCEPTED, PartStat.DECLINED


@pytest.fixture
def page(as_person, alice, standup):
    def read() -> str:
        return html.unescape(markup(as_person(alice).get(standup.get_absolute_url())))

    return read


@pytest.fixture
def do(as_person, alice):
    """`do("resend", dave)`: Alice presses that button; what the page says then."""

    def press(name: str, attendee: Attendee, by=alice, **data) -> str:
        address = reverse(f"meetings:{name}", args=[attendee.meeting.code, attendee.pk])
        return html.unescape(markup(as_person(by).post(address, data, follow=True)))

    return press


def row_of(page: str, name: str) -> str:
    [row] = [row for row in page.split("<tr>") if f"{name}@" in row]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))


# -- what is seen -------------------------------------------------------------------------------


def test_the_table_tells_how_far_each_has_come(page, invited):
    delivery.deliver_due("test")
    Letter.objects.filter(recipient="dave@far.example").update(
        bounced_at=timezone.now(), bounce="5.2.2 552 mailbox full"
    )
    invitations.respond(invited("bob"), PartStat.ACCEPTED, "Five minutes late")
    Attendee.objects.filter(email="bob@example.org").update(tested_at=timezone.now())
    text = page()
    bob, dave = row_of(text, "bob"), row_of(text, "dave")
    for word in ("Yes", "Five minutes late", "Sent", "Tested", f"{timezone.now():%H}"):
        assert word in bob
    for word in ("No answer", "Came back", "The mailbox is full", "Not tested"):
        assert word in dave


def test_where_the_table_has_no_head_each_cell_says_what_it_is(page):
    [row] = [row for row in page().split("<tr>") if "dave@" in row]
    cells = re.findall(r"<td([^>]*)>", row)
    # The first names who it is, and the last one is a button with a name.
    labels = [re.search(r'data-label="([^"]+)"', cell) for cell in cells]
    assert [label and label[1] for label in labels] == [None, "Answer", "Letter", "Set-up", None]


def test_no_cell_of_the_organizers_own_row_is_called_a_letter(page):
    [row] = [row for row in page().split("<tr>") if "<small>Organizer</small>" in row]
    assert "That is you" in row
    assert re.findall(r'data-label="([^"]+)"', row) == ["Answer"]


def test_to_those_who_do_not_organize_the_answer_stands_beside_the_name(as_person, bob, standup):
    table = markup(as_person(bob).get(standup.get_absolute_url()))
    assert "<small>Organizer</small>" in table
    assert "data-label" not in table


def test_a_letter_that_came_back_after_it_was_sent_is_pointed_out(page):
    delivery.deliver_due("test")
    Letter.objects.filter(recipient="dave@far.example").update(bounced_at=timezone.now(), bounce="5.1.1")
    text = page()
    assert "A letter came back" in text
    assert "No such mailbox" in text


@pytest.fixture
def moved(alice, plan):
    """A series of which one was moved, and the letter about that came back; all else arrived."""
    meeting = invitations.schedule(alice, plan("dave@far.example", rrule=str(Rule("WEEKLY", count=3))))
    delivery.deliver_due("test")
    second = meeting.occurrences.all()[1]
    later = OccurrencePlan(second.title, second.starts_at + timedelta(hours=1), second.duration)
    invitations.change_occurrence(second, later)
    delivery.deliver_due("test")
    Letter.objects.filter(kind="occurrence-update").update(bounced_at=timezone.now(), bounce="5.2.2 full")
    return meeting


def test_a_letter_about_one_date_that_came_back_is_seen(as_person, alice, moved):
    def read(url: str) -> str:
        return markup(as_person(alice).get(url))

    first, second, _ = moved.occurrences.all()
    assert "Came back" in read(second.get_absolute_url())
    assert "Came back" not in read(first.get_absolute_url())
    assert "Came back" in read(moved.get_absolute_url())
    assert read("/").count("One letter came back") == 1
    address = reverse("meetings:letters", args=[moved.code])
    assert "Came back" in read(f"{address}?occurrence={second.pk}")
    assert "Came back" not in read(f"{address}?occurrence={first.pk}")


def test_a_short_letter_about_an_earlier_part_that_came_back_is_counted_in_the_list(as_person, alice, plan):
    people = "dave@far.example"
    # What comes next stands above the list.
    invitations.schedule(alice, plan(starts_at=MONDAY - timedelta(days=1)))
    meeting = invitations.schedule(alice, plan(people, rrule=str(Rule("WEEKLY", count=4))))
    delivery.deliver_due("test")
    third = meeting.occurrences.all()[2]
    rest = plan(people, starts_at=third.starts_at + timedelta(hours=1), rrule=str(Rule("WEEKLY", count=2)))
    invitations.change(meeting, rest, since=third)
    delivery.deliver_due("test")

    def read() -> str:
        return markup(as_person(alice).get("/"))

    assert "came back" not in read()
    back = {"bounced_at": timezone.now(), "bounce": "5.2.2 full"}
    Letter.objects.filter(kind="part").update(**back)
    assert "One letter came back" in read()
    # It is one person, whatever came back of what was written to them.
    Letter.objects.filter(kind="update").update(**back)
    assert "One letter came back" in read()
    Letter.objects.filter(kind="update").update(bounced_at=None)
    invitations.resend(meeting.attendees.get())
    delivery.deliver_due("test")
    assert "came back" not in read()


def test_who_was_written_to_again_since_knows_of_the_date_that_was_moved(as_person, alice, moved):
    invitations.resend(moved.attendees.get())
    delivery.deliver_due("test")
    assert "Came back" not in markup(as_person(alice).get(moved.get_absolute_url()))


def test_what_nobody_needed_to_hear_did_not_come_back(page, standup):
    invitations.cancel(standup)
    delivery.deliver_due("test")
    assert Letter.objects.filter(sent_at=None, kind="cancellation", is_moot=True).count() == 2
    assert "Came back" not in page()


def test_the_page_of_one_occurrence_shows_what_was_said_to_that(as_person, alice, plan):
    meeting = invitations.schedule(alice, plan("dave@far.example", rrule=str(Rule("WEEKLY", count=3))))
    first, second, _ = meeting.occurrences.all()
    invitations.respond(meeting.attendees.get(), PartStat.DECLINED, "On holiday", occurrence=second)
    read = as_person(alice).get
    assert "On holiday" in markup(read(second.get_absolute_url()))
    assert "On holiday" not in markup(read(first.get_absolute_url()))


def test_from_the_page_of_a_cancelled_date_nobody_is_invited_and_nothing_written(as_person, alice, plan):
    meeting = invitations.schedule(alice, plan("dave@far.example", rrule=str(Rule("WEEKLY", count=3))))
    first, second, _ = meeting.occurrences.all()
    invitations.cancel_occurrence(second)
    offers = ("Invite", "Write to all", "New answers appear on this page")
    read = as_person(alice).get
    page = markup(read(second.get_absolute_url()))
    assert [offer for offer in offers if offer in page] == []
    page = markup(read(first.get_absolute_url()))
    assert [offer for offer in offers if offer in page] == list(offers)


def test_to_a_meeting_that_is_over_nobody_is_invited_and_all_can_be_written_to(as_person, alice, plan):
    meeting = invitations.schedule(alice, plan("dave@far.example"))
    read = as_person(alice).get
    assert "Invite" in markup(read(meeting.get_absolute_url()))
    Meeting.objects.filter(pk=meeting.pk).update(ends_at=timezone.now())
    page = markup(read(meeting.get_absolute_url()))
    assert ("Invite" in page, "Write to all" in page) == (False, True)


def test_the_page_of_a_series_says_what_was_said_to_the_next_date(as_person, alice, plan, soon):
    rrule = str(Rule("DAILY", count=3))
    meeting = invitations.schedule(
        alice, plan("dave@far.example, erin@far.example", starts_at=soon, rrule=rrule)
    )
    first = meeting.occurrences.all()[0]
    dave, erin = (meeting.attendees.get(email__startswith=name) for name in ("dave", "erin"))
    invitations.respond(dave, PartStat.DECLINED)
    invitations.respond(dave, PartStat.ACCEPTED, occurrence=first)
    invitations.respond(erin, PartStat.TENTATIVE)
    shown = as_person(alice).get(meeting.get_absolute_url())
    page = markup(shown)
    assert "Yes To the next one. To the series: No " in row_of(page, "dave")
    # What was said to all needs no word.
    assert "Maybe" in row_of(page, "erin")
    assert "To the" not in row_of(page, "erin")
    # The picture says the same.
    said = [seat.partstat for seat in shown.context["row"].seats]
    assert said == [PartStat.ACCEPTED, PartStat.ACCEPTED, PartStat.TENTATIVE]
    page = markup(as_person(alice).get(first.get_absolute_url()))
    assert "Yes To this one" in row_of(page, "dave")


def parted(alice, plan, soon, dates):
    """A series that Dave has accepted, with an hour later from its third date on."""
    people = "dave@far.example"
    meeting = invitations.schedule(alice, plan(people, starts_at=soon, rrule=str(Rule("DAILY", count=dates))))
    invitations.respond(meeting.attendees.get(), PartStat.ACCEPTED)
    third = meeting.occurrences.all()[2]
    rest = str(Rule("DAILY", count=dates - 2))
    later = plan(people, starts_at=third.starts_at + timedelta(hours=1), rrule=rest)
    invitations.change(meeting, later, since=third)
    return meeting


def test_dates_before_a_parting_keep_their_answers_in_table_and_picture(as_person, alice, plan, soon):
    meeting = parted(alice, plan, soon, dates=4)
    shown = as_person(alice).get(meeting.get_absolute_url())
    day = words.day(timezone.localdate(meeting.starts_at))
    said = f"Yes To the next one. From {day} on: No answer"
    assert said in row_of(markup(shown), "dave")
    assert [seat.partstat for seat in shown.context["row"].seats] == [PartStat.ACCEPTED] * 2
    # There is no answer for all of the series that the one to an earlier date could differ from.
    first = markup(as_person(alice).get(meeting.occurrences.all()[0].get_absolute_url()))
    assert "Yes" in row_of(first, "dave")
    assert "To this one" not in row_of(first, "dave")


def test_of_a_last_part_with_one_date_the_table_names_that_day(as_person, alice, plan, soon):
    meeting = parted(alice, plan, soon, dates=3)
    page = markup(as_person(alice).get(meeting.get_absolute_url()))
    day = words.day(timezone.localdate(meeting.starts_at))
    assert f"Yes To the next one. On {day}: No answer" in row_of(page, "dave")


def answer_each(meeting, *said):
    """Dave says these to the dates to come, one by one."""
    for one, partstat in zip(meeting.occurrences.all(), said, strict=False):
        invitations.respond(meeting.attendees.get(), partstat, occurrence=one)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ((YES, NO, YES, NO), "Yes To the next one. From {day} on, each date has an answer of its own "),
        ((YES, NO, NO, NO), "Yes To the next one. From {day} on: No "),
        ((YES, NO, YES, YES), "Yes "),
        ((YES, NO, YES), "Yes To the next one. From {day} on: No answer"),
    ],
)
def test_of_who_answered_each_date_of_the_last_part_no_answer_is_missed(
    as_person, alice, plan, soon, said, told
):
    meeting = parted(alice, plan, soon, dates=4)
    answer_each(meeting, *said)
    day = words.day(timezone.localdate(meeting.starts_at))
    row = row_of(markup(as_person(alice).get(meeting.get_absolute_url())), "dave")
    assert told.format(day=day) in row
    assert ("To the next one" in row) == ("To the next one" in told)
    assert ("No answer" in row) == ("No answer" in told)


def test_of_who_answered_each_date_of_a_series_no_answer_is_missed(as_person, alice, plan, soon):
    rrule = str(Rule("DAILY", count=2))
    meeting = invitations.schedule(alice, plan("dave@far.example", starts_at=soon, rrule=rrule))
    answer_each(meeting, YES, NO)
    shown = as_person(alice).get(meeting.get_absolute_url())
    assert "Yes To the next one. Each date has an answer of its own " in row_of(markup(shown), "dave")
    assert not shown.context["unheard"]


def test_it_is_said_that_calendars_are_not_read_wherever_an_answer_is_missed(as_person, alice, plan, soon):
    rrule = str(Rule("DAILY", count=3))
    meeting = invitations.schedule(alice, plan("dave@far.example", starts_at=soon, rrule=rrule))
    answer_each(meeting, YES)
    page = markup(as_person(alice).get(meeting.get_absolute_url()))
    assert "To the series: No answer here" in row_of(page, "dave")
    assert "Anyone who answered in a calendar program" in page


def test_the_table_takes_as_many_queries_for_many_people_as_for_few(as_person, alice, plan, soon):
    rrule, client = str(Rule("DAILY", count=6)), as_person(alice)
    counts = []
    for many in (2, 20):
        people = ",".join(f"p{n}@far.example" for n in range(many))
        meeting = invitations.schedule(alice, plan(people, starts_at=soon, rrule=rrule))
        for attendee in meeting.attendees.all():
            for one in meeting.occurrences.all()[:2]:
                invitations.respond(attendee, PartStat.ACCEPTED, occurrence=one)
        with CaptureQueriesContext(connection) as queries:
            client.get(meeting.get_absolute_url())
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_date_that_goes_on_now_is_not_the_next_one(as_person, alice, plan):
    now = timezone.now() - timedelta(minutes=5)
    rrule = str(Rule("DAILY", count=3))
    meeting = invitations.schedule(alice, plan("dave@far.example", starts_at=now, rrule=rrule))
    dave = meeting.attendees.get()
    invitations.respond(dave, PartStat.DECLINED)
    invitations.respond(dave, PartStat.ACCEPTED, occurrence=meeting.occurrences.all()[0])
    page = markup(as_person(alice).get(meeting.get_absolute_url()))
    assert "Yes To this one. To the series: No " in row_of(page, "dave")


def test_while_letters_are_on_their_way_the_page_can_ask_how_far_they_are(
    as_person, alice, bob, page, standup
):
    assert "Two letters are on their way" in page()
    address = reverse("meetings:letters", args=[standup.code])
    assert markup(as_person(alice).get(address)).count("data-waiting") == 2
    delivery.deliver_due("test")
    found = markup(as_person(alice).get(address))
    assert "data-waiting" not in found
    assert found.count("Sent") == 2
    assert "All letters are sent" in found
    assert "on their way" not in page()
    assert as_person(bob).get(address).status_code == 404


def test_a_long_list_comes_a_page_at_a_time(as_person, alice, plan):
    people = ",".join(f"p{n:03}@example.org" for n in range(250))
    meeting = invitations.schedule(alice, plan(people))
    Letter.objects.filter(recipient__in=[f"p{n:03}@example.org" for n in range(7)]).update(
        dead_at=timezone.now(), error="The mail server said: 550 5.1.1 unknown"
    )
    browser = as_person(alice)
    read = lambda number: markup(browser.get(f"{meeting.get_absolute_url()}?people={number}"))  # noqa: E731
    first, last = read(1), read(3)
    assert first.count("data-letter=") == 100
    assert "1 to 100 of 250" in first
    assert first.count("A letter came back") == 5
    assert "2 more came back" in first
    assert "243 letters are on their way" in first
    assert last.count("data-letter=") == 50
    assert "p249@example.org" in last
    address = reverse("meetings:letters", args=[meeting.code])
    assert markup(browser.get(f"{address}?people=3")).count("data-letter=") == 50


# -- what is done -------------------------------------------------------------------------------


def test_a_letter_is_not_sent_again_and_again(do, invited):
    delivery.deliver_due("test")
    assert "has only just gone out. You can send another in 5 minutes." in do("resend", invited("dave"))
    Letter.objects.update(sent_at=timezone.now() - quota.PAUSE)
    assert "A letter to Dave is on the way" in do("resend", invited("dave"))


@pytest.mark.parametrize("kind", ["reminder", "announcement", "occurrence-update"])
def test_a_letter_about_something_else_is_no_reason_to_wait(do, invited, kind):
    delivery.deliver_due("test")
    Letter.objects.update(sent_at=timezone.now() - quota.PAUSE)
    dave = invited("dave")
    sent = {"recipient": dave.email, "payload": {"attendee": dave.pk}, "sent_at": timezone.now()}
    Letter.objects.create(key="other", kind=kind, **sent)
    assert "A letter to Dave is on the way" in do("resend", dave)


def test_a_letter_that_came_back_may_be_sent_again_at_once(do, invited):
    delivery.deliver_due("test")
    Letter.objects.update(bounced_at=timezone.now())
    assert "A letter to Dave is on the way" in do("resend", invited("dave"))


def test_a_link_is_replaced_at_once_but_not_again_and_again(do, invited):
    delivery.deliver_due("test")
    for _ in range(2):
        assert "gets a letter with a new one" in do("replace", invited("dave"))
        delivery.deliver_due("test")
    assert "End their link" in do("replace", invited("dave")).split('class="banner')[1].split("</div>")[0]
    assert Letter.objects.filter(recipient="dave@far.example").count() == 3


def test_a_link_can_be_ended_without_a_letter(do, invited, client):
    token = links.mint(invited("dave"))
    before = Letter.objects.count()
    assert "Dave is still invited" in do("revoke", invited("dave"))
    assert client.get(links.path(token)).status_code == 410
    assert Letter.objects.count() == before
    assert not invited("dave").removed_at


@pytest.mark.parametrize("name", ["cohost", "optional"])
def test_an_attendee_can_be_host_or_optional_and_back(do, invited, name):
    do(name, invited("dave"), on="1")
    assert getattr(invited("dave"), name) is True
    do(name, invited("dave"), on="0")
    assert getattr(invited("dave"), name) is False


def test_the_table_names_hosts_and_who_may_stay_away(do, invited, page):
    do("cohost", invited("dave"), on="1")
    do("optional", invited("bob"), on="1")
    assert "Host" in row_of(page(), "dave")
    assert "Optional" in row_of(page(), "bob")


@pytest.mark.parametrize("name", ["resend", "replace", "revoke", "cohost", "optional", "remove"])
def test_nobody_else_has_a_say(do, as_person, invited, bob, carol, client, name):
    dave = invited("dave")
    address = reverse(f"meetings:{name}", args=[dave.meeting.code, dave.pk])
    for other in (bob, carol):
        assert as_person(other).post(address, {"on": "1"}).status_code == 404
    assert client.post(address)["Location"].startswith("/account/login/")
    after = invited("dave")
    assert (after.removed_at, after.cohost, after.optional) == (None, False, False)


# -- a word to everybody ------------------------------------------------------------------------


@pytest.fixture
def write(as_person, alice, standup):
    def send(**data):
        fields = {
            "audience": "all",
            "subject": "Bring your plans",
            "text": "On paper.\n\nThanks, Alice",
            **data,
        }
        return as_person(alice).post(reverse("meetings:write", args=[standup.code]), fields, follow=True)

    return send


def test_everybody_gets_a_letter_of_their_own(write, mailoutbox, standup):
    delivery.deliver_due("test")
    mailoutbox.clear()
    assert "Two letters are on the way." in html.unescape(markup(write()))
    delivery.deliver_due("test")
    assert {tuple(message.to) for message in mailoutbox} == {("bob@example.org",), ("dave@far.example",)}
    for message in mailoutbox:
        assert message.subject == "Bring your plans"
        assert message.reply_to == ["Alice <alice@example.org>"]
        assert message.recipients() == message.to
        for text in (message.body, message.alternatives[0].content):
            assert "On paper." in text
            assert "Thanks, Alice" in text
            others = {"bob@example.org", "dave@far.example"} - {message.to[0]}
            assert not any(other in text for other in others)


def test_a_letter_that_is_left_half_written_is_kept_in_the_tab_until_it_was_taken(as_person, alice, standup):
    browser, page = as_person(alice), reverse("meetings:write", args=[standup.code])
    content = markup(browser.get(page))
    assert f'data-typing="{alice.pk}" data-taken=""' in content
    assert "data-sent" not in content
    assert "js/meetings/text.js" in content
    name = "0123456789abcdefghij"
    fields = {"audience": "all", "text": "Bring your tables.", "typing": name}
    assert " data-sent" in markup(browser.post(page, fields))
    assert browser.post(page, {**fields, "subject": "Tables"}).status_code == 302
    assert f'data-taken="{name}"' in markup(browser.get(page))


@pytest.mark.parametrize(("audience", "to"), [("coming", "bob@example.org"), ("silent", "dave@far.example")])
def test_it_can_be_for_those_whom_it_concerns(write, invited, audience, to):
    invitations.respond(invited("bob"), PartStat.ACCEPTED)
    write(audience=audience)
    assert [letter.recipient for letter in Letter.objects.filter(kind="announcement")] == [to]


def test_of_a_series_in_parts_those_who_come_are_those_who_come_to_the_next_date(alice, plan, soon):
    meeting = parted(alice, plan, soon, dates=4)
    dave, next_one = meeting.attendees.get(), meeting.occurrences.first()

    def is_for() -> list[str]:
        choices = ("coming", "silent")
        return [choice for choice in choices if dave in announcements.audience(meeting, choice)]

    assert dave.answer.partstat == PartStat.NEEDS_ACTION
    assert is_for() == ["coming"]
    invitations.respond(dave, PartStat.DECLINED, occurrence=next_one)
    assert is_for() == []
    # When the dates before are over, it is where the series goes on that counts.
    meeting.occurrences.exclude(series=meeting.current).update(
        starts_at=F("starts_at") - timedelta(days=9), ends_at=F("ends_at") - timedelta(days=9)
    )
    assert is_for() == ["silent"]
    # And when all are over, the last one does.
    meeting.occurrences.update(
        starts_at=F("starts_at") - timedelta(days=9), ends_at=F("ends_at") - timedelta(days=9)
    )
    invitations.respond(dave, PartStat.TENTATIVE)
    assert is_for() == ["coming"]


def test_it_is_not_for_who_was_taken_off_the_list_in_the_meantime(write, invited, mailoutbox):
    write()
    invitations.remove(invited("dave"))
    delivery.deliver_due("test")
    assert not [
        message for message in mailoutbox if message.subject == "Bring your plans" and "dave" in message.to[0]
    ]


def test_markup_and_line_ends_stay_words(write, mailoutbox):
    write(subject="Hi\r\nBcc: eve@example.org", text="<script>alert(1)</script>")
    delivery.deliver_due("test")
    [message, _] = [m for m in mailoutbox if m.subject.startswith("Hi")]
    assert message.subject == "Hi Bcc: eve@example.org"
    assert "<script>" not in message.alternatives[0].content


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"subject": " "}, "A subject tells people"),
        ({"text": ""}, "There is nothing to send yet."),
        ({"text": "x" * 5001}, "5,000 is the most"),
        ({"audience": "x"}, "For whom is it?"),
        ({"audience": "coming"}, "Nobody is in that group"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(write, data, words):
    page = html.unescape(markup(write(**data)))
    assert words in page
    assert not Announcement.objects.exists()
    if "subject" not in data:
        assert "Bring your plans" in page


def test_a_button_pressed_twice_writes_once(write):
    assert "Two letters are on the way." in markup(write())
    assert "Two letters are on the way." in markup(write())
    assert Letter.objects.filter(kind="announcement").count() == 2
    Announcement.objects.update(written_at=timezone.now() - quota.PAUSE)
    write()
    assert Letter.objects.filter(kind="announcement").count() == 4


# Of the last two one always has another day than UTC.
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_five_times_a_day_is_enough_wherever_one_is(write, alice, zone):
    alice.time_zone = zone
    alice.save()
    for number in range(5):
        write(subject=f"Word {number}")
    assert "five times today" in markup(write())
    assert Announcement.objects.count() == 5


def test_what_was_written_can_be_read_again(write, as_person, alice, standup):
    write()
    page = markup(as_person(alice).get(reverse("meetings:write", args=[standup.code])))
    assert "Written before" in page
    assert "Bring your plans" in page


def test_only_the_organizer_writes(as_person, bob, standup):
    assert as_person(bob).post(reverse("meetings:write", args=[standup.code])).status_code == 404


# -- how many letters ---------------------------------------------------------------------------


def test_an_account_can_send_so_many_letters_a_day(alice, plan, settings):
    settings.LETTERS_A_DAY = 3
    invitations.schedule(alice, plan("a@example.org, b@example.org"))
    with pytest.raises(TooManyLetters, match="one of today’s are left"):
        invitations.schedule(alice, plan("c@example.org, d@example.org"))
    assert Attendee.objects.count() == Letter.objects.count() == 2
    LetterQuota.objects.update(day=timezone.now().date() - timedelta(days=1))
    invitations.schedule(alice, plan("c@example.org, d@example.org"))


def test_others_have_letters_of_their_own(alice, carol, plan, settings):
    settings.LETTERS_A_DAY = 1
    for organizer in (alice, carol):
        invitations.schedule(organizer, plan("a@example.org"))


def test_that_a_meeting_is_off_is_never_one_letter_too_many(standup, settings, invited):
    settings.LETTERS_A_DAY = 2
    invitations.remove(invited("bob"))
    invitations.cancel(standup)
    assert set(Letter.objects.exclude(kind="invitation").values_list("kind", "recipient")) == {
        ("removal", "bob@example.org"),
        ("cancellation", "dave@far.example"),
    }


def test_an_announcement_that_is_too_much_is_not_half_sent(write, settings):
    settings.LETTERS_A_DAY = 3
    assert "would be too many" in html.unescape(markup(write()))
    assert not Letter.objects.filter(kind="announcement").exists()


def test_a_button_that_would_be_one_letter_too_many_says_so(do, invited, settings):
    settings.LETTERS_A_DAY = 2
    delivery.deliver_due("test")
    Letter.objects.update(sent_at=timezone.now() - quota.PAUSE)
    assert "would be too many" in do("resend", invited("dave"))


# -- whoever signs up later ---------------------------------------------------------------------


def test_who_signs_up_with_the_address_finds_all_meetings_series_among_them(alice, plan, person, as_person):
    invitations.schedule(alice, plan("dave@example.org", title="Once"))
    series = invitations.schedule(
        alice, plan("Dave@Example.org", title="Every week", rrule=str(Rule("WEEKLY", count=3)))
    )
    dave = person("Dave")
    email_confirmed.send(EmailAddress, request=None, email_address=EmailAddress.objects.get(user=dave))
    client = as_person(dave)
    page = markup(client.get("/"))
    assert "Once" in page
    assert "Every week" in page
    assert "Then " in page
    one = series.occurrences.all()[1]
    assert client.get(one.get_absolute_url()).status_code == 200
