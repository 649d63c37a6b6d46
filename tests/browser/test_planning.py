"""Planning a meeting in a browser: repeats, places, lists, agendas, overlaps, and without any script."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

SENTENCE = "Every second Tuesday at 14:15, Berlin time, three times, until 24 December 2030."


@pytest.fixture
def page(alice):
    """The schedule form for Monday, 25 November 2030, 14:15, in Alice's browser."""
    alice.go("/meetings/new/?date=2030-11-25&time=14:15")
    return alice.page


def people(page):
    """The line in which addresses are typed."""
    return page.get_by_role("combobox", name="Attendees")


def fields_of_the_rule(page):
    return page.locator(".repeats")


def test_how_it_repeats_is_said_while_it_is_chosen(page):
    expect(fields_of_the_rule(page)).to_be_hidden()
    page.get_by_label("Repeats").select_option("weekly")
    expect(page.get_by_label("Monday")).to_be_checked()
    page.get_by_label("Every", exact=True).fill("2")
    page.get_by_label("How many times").fill("3")
    # The day of the date goes with the date.
    page.get_by_label("Date").fill("2030-11-26")
    expect(page.get_by_label("Tuesday")).to_be_checked()
    expect(page.get_by_label("Monday")).not_to_be_checked()
    expect(page.locator("[data-said]")).to_contain_text(SENTENCE)
    page.get_by_label("Repeats").select_option("monthly")
    monthly = page.get_by_label("On which day of the month")
    expect(monthly.locator("option")).to_have_text(
        ["on the 26th", "on the fourth Tuesday", "on the last Tuesday"]
    )
    expect(page.get_by_label("Tuesday")).to_be_hidden()
    monthly.select_option("last")
    expect(page.locator("[data-said]")).to_contain_text("On the last Tuesday of every second month")
    page.get_by_label("Repeats").select_option("")
    expect(page.locator("[data-said]")).to_be_hidden()


def test_a_day_that_does_not_fit_is_answered_with_the_first_that_does(page):
    page.get_by_label("Repeats").select_option("weekly")
    page.get_by_label("Wednesday").check()
    page.get_by_label("Monday").uncheck()
    expect(page.locator("[data-said]")).to_contain_text("The first is on Wednesday, 27 November 2030.")


def test_only_one_of_a_series_is_changed(alice):
    alice.go("/meetings/new/?date=2031-01-06&time=07:00")
    page = alice.page
    page.get_by_label("Title").fill("Early birds")
    page.get_by_label("Repeats").select_option("weekly")
    page.get_by_label("How many times").fill("3")
    alice.paste(people(page), "bob@example.org")
    alice.save_meeting()
    page.get_by_role("link", name=re.compile("^Change")).first.click()
    expect(page.get_by_role("heading", name="Change the series")).to_be_visible()
    # All three stand in one line.
    scopes = page.get_by_role("navigation", name="How much of the series").get_by_role("button")
    assert len({scope.bounding_box()["y"] for scope in scopes.all()}) == 1
    page.get_by_label("Title").fill("Earlier birds")
    page.get_by_role("button", name="Only Monday, 6 January 2031").click()
    expect(page.get_by_label("Repeats")).to_have_count(0)
    # What was typed goes along.
    expect(page.get_by_label("Title")).to_have_value("Earlier birds")
    page.get_by_label("Title").fill("Early birds")
    expect(page.locator("[data-send]")).to_have_text("Save")
    page.get_by_label("Starts").fill("07:30")
    expect(page.locator("[data-send]")).to_have_text("Save and send 1 letter")
    alice.save_meeting()
    expect(page.locator("main")).to_contain_text("07:30 to 08:00")
    page.goto(page.url.partition("?")[0].rstrip("/").rpartition("/")[0] + "/")
    page.get_by_role("link", name=re.compile("13 January")).first.click()
    page.get_by_role("link", name=re.compile("^Change")).first.click()
    page.get_by_role("button", name="This one and the following").click()
    expect(page.get_by_label("How many times")).to_have_value("2")
    # To part a series is news for everybody; an agenda alone parts none.
    page.get_by_label("What to talk about").fill("Worms")
    expect(page.locator("[data-send]")).to_have_text("Save")
    page.get_by_label("Title").fill("Late birds")
    # One says what is new, and a short one ends the earlier part in their calendars.
    expect(page.locator("[data-send]")).to_have_text("Save and send 2 letters")
    expect(page.locator("[data-letters]")).to_have_text(
        "1 letter says what is new, with the old struck through. 1 more is a short one,"
        " for calendars that keep the parts of a series apart."
    )


def test_an_overlap_is_pointed_out_before_saving_and_is_not_in_the_way(alice):
    alice.schedule("Ticket machines", date="2031-02-03", starts="10:00")
    alice.go("/meetings/new/?date=2031-02-03&time=10:15")
    page = alice.page
    expect(page.locator("[data-conflicts]")).to_contain_text("“Ticket machines”, 10:00 to 10:30.")
    expect(page.locator("[data-send]")).to_have_text("Save anyway")
    page.get_by_label("Starts").fill("10:30")
    expect(page.locator("[data-conflicts]")).to_be_hidden()
    page.get_by_label("Starts").fill("10:20")
    expect(page.locator("[data-conflicts]")).to_be_visible()
    page.get_by_label("Title").fill("At the same time")
    page.locator("[data-send]").click()
    expect(page.locator(".banner[role=status]")).to_contain_text("The meeting is planned.")


def test_an_error_goes_as_it_is_corrected(page):
    page.get_by_label("Date").fill("2020-01-01")
    page.get_by_label("Title").fill("")
    page.locator("[data-send]").click()
    expect(page.get_by_role("alert")).to_contain_text("Two things to put right")
    page.get_by_label("Title").fill("A title")
    expect(page.get_by_role("alert")).to_contain_text("One thing to put right")
    expect(page.get_by_label("Title")).not_to_have_attribute("aria-invalid", "true")
    page.get_by_label("Date").fill("2019-01-01")
    expect(page.locator("#id_date_error")).to_be_visible()
    page.get_by_label("Date").fill("2032-03-03")
    expect(page.locator("#id_date_error")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_people_invited_before_are_suggested_and_taken_by_keyboard(alice):
    alice.schedule("Before", "Olga Orlova <olga@far.example>", date="2031-04-04")
    alice.go("/meetings/new/")
    page = alice.page
    people(page).click()
    page.keyboard.type("orl")
    option = page.get_by_role("option", name="Olga Orlova")
    expect(option).to_be_visible()
    expect(people(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_text([re.compile("Olga Orlova")])
    expect(people(page)).to_have_value("")
    # Who is on the list is not suggested again.
    page.keyboard.type("orl")
    page.keyboard.press("Escape")
    expect(option).to_have_count(0)


def test_somebody_is_made_optional_and_cohost(alice, page):
    page.get_by_label("Title").fill("Places")
    alice.paste(people(page), "Bob <bob@example.org>, Dave <dave@example.org>")
    page.get_by_label("Bob: optional, host").click()
    page.get_by_role("checkbox", name="Optional").check()
    page.get_by_role("checkbox", name="Host").check()
    expect(page.locator(".chip").first).to_contain_text("optional, host")
    page.keyboard.press("Escape")
    expect(page.get_by_role("checkbox", name="Host")).to_have_count(0)
    alice.save_meeting()
    page.get_by_role("link", name=re.compile("^Change")).first.click()
    expect(page.locator(".chip").first).to_contain_text("optional, host")
    expect(page.locator(".chip").nth(1)).not_to_contain_text("optional,")


def test_without_a_network_it_says_so_and_what_was_typed_is_read_later(alice, page):
    expect(page.locator("[data-send]")).to_have_text(re.compile("^Save"))
    with alice.expecting("ERR_INTERNET_DISCONNECTED"):
        page.context.set_offline(True)
        alice.paste(people(page), "Bob <bob@example.org>, Dave <dave@example.org>")
        expect(page.get_by_text("The server cannot be reached just now.")).to_be_visible()
        expect(page.locator("textarea[name=people]")).to_have_value(re.compile("Dave <dave@example.org>"))
        page.context.set_offline(False)
        expect(page.locator(".chip")).to_have_count(2)
    expect(page.get_by_text("The server cannot be reached just now.")).to_be_hidden()
    expect(page.locator("[data-send]")).to_have_text(re.compile("^Send 2 invitations"))


def test_a_list_comes_from_a_file(page):
    page.get_by_text("A list from a file").click()
    field = page.get_by_label("The file")
    rows = "Name;E-Mail\nBob;bob@example.org\nCarol;carol@mendez\n"
    field.set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": rows.encode("utf-16")})
    expect(page.locator(".chip")).to_have_count(2)
    told = "1 added from people.csv. One could not be read as an address; the list shows which."
    expect(page.get_by_text(told)).to_be_visible()
    expect(page.locator("#id_people_error")).to_contain_text("“carol@mendez” lacks its ending")
    large = b"x" * 5 * 1024 * 1024
    field.set_input_files({"name": "large.csv", "mimeType": "text/csv", "buffer": large})
    expect(page.locator("#id_file_error")).to_contain_text("This file is 5 MB large. 1 MB is the most")
    expect(page.locator(".chip")).to_have_count(2)


def test_ten_thousand_addresses_keep_no_page_busy_and_are_cut_by_a_button(alice, page):
    alice.paste(people(page), "\n".join(f"person{n}@example.org" for n in range(10_000)))
    expect(page.locator("#id_people_error")).to_have_text("That is 10,000 people. 500 is the most.")
    expect(page.locator(".chip")).to_have_count(501)
    page.get_by_role("button", name="Leave out the last 9,500").click()
    expect(page.locator("#id_people_error")).to_be_hidden()
    expect(page.locator("[data-send]")).to_have_text(re.compile("^Send 500 invitations"))


def test_an_agenda_is_written_as_points_by_keyboard(alice, page):
    points = page.locator(".points li")
    hint = "How many minutes each takes, if you like. Lines that you paste become points."
    expect(page.get_by_label("What to talk about")).to_have_accessible_description(hint)
    page.get_by_label("What to talk about").click()
    page.keyboard.type("Ferries (20)")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Point 2", exact=True)).to_be_focused()
    page.keyboard.type("Bridges")
    page.keyboard.press("Tab")
    page.keyboard.type("15")
    expect(page.locator(".points-sum")).to_have_text("35 of 30 minutes, 5 too many")
    page.get_by_label("Lasts").select_option("45")
    expect(page.locator(".points-sum")).to_have_text("35 of 45 minutes")
    page.get_by_role("button", name="Move point 2 up").click()
    expect(points.first.locator("[data-text]")).to_have_value("Bridges")
    page.get_by_label("What to talk about").press("Alt+ArrowDown")
    expect(points.first.locator("[data-text]")).to_have_value("Ferries")
    page.get_by_role("button", name="Add a point").click()
    page.keyboard.type("Nothing")
    page.get_by_role("button", name="Remove point 3").click()
    expect(points).to_have_count(2)
    page.get_by_label("Title").fill("Points")
    alice.save_meeting()
    expect(page.locator("ol.agenda li")).to_have_text(
        [re.compile("Ferries.*20 min"), re.compile("Bridges.*15 min")]
    )


def test_without_scripts_it_all_goes_as_a_plain_form(visitor):
    alice = visitor("Alice", account=True)
    alice = visitor("Alice", account=True, java_script_enabled=False)
    alice.go("/meetings/new/?date=2031-06-03&time=08:00")
    page = alice.page
    page.get_by_label("Title").fill("Plain")
    page.get_by_label("Repeats").select_option("weekly")
    page.get_by_label("How many times").fill("4")
    page.get_by_label("Attendees").fill("Bob <bob@example.org> (host)\ncarol@mendez")
    page.get_by_label("What to talk about").fill("Ferries (10)\nBridges")
    page.locator("[data-send]").click()
    expect(page.get_by_role("alert")).to_contain_text("“carol@mendez” lacks its ending")
    expect(page.locator("[data-said]")).to_contain_text("Every Tuesday at 08:00, Berlin time, four times")
    page.get_by_label("Attendees").fill("Bob <bob@example.org> (host)")
    page.locator("[data-send]").click()
    expect(page.locator(".banner[role=status]")).to_contain_text("One invitation is on the way.")
    alice.go("/meetings/new/?date=2031-06-03&time=08:15")
    page.get_by_label("Title").fill("Meanwhile")
    page.locator("[data-send]").click()
    expect(page.locator("[data-conflicts]")).to_contain_text("You have another meeting then")
    page.get_by_role("button", name="Save anyway").click()
    expect(page.locator(".banner[role=status]")).to_contain_text("The meeting is planned.")


def test_a_form_that_is_left_half_filled_in_is_so_when_one_comes_back(alice, page):
    page.get_by_label("Title").fill("Half a thought")
    alice.paste(people(page), "Bob <bob@example.org>")
    page.get_by_label("Repeats").select_option("weekly")
    page.get_by_role("link", name="Meetings").first.click()
    expect(page).to_have_url(re.compile(r"/$"))
    page.go_back()
    alice.go("/meetings/new/?date=2030-11-25&time=14:15")
    expect(page.get_by_text("What you typed is still here")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Half a thought")
    expect(page.get_by_label("Repeats")).to_have_value("weekly")
    expect(page.locator("form.form")).to_contain_text("Bob")
    page.get_by_role("button", name="Start afresh").click()
    expect(page.get_by_label("Title")).to_have_value("")
    # What was given up is no more here the next time.
    page.get_by_label("Title").fill("Another")
    page.get_by_role("link", name="Discard").click()
    alice.go("/meetings/new/?date=2030-11-25&time=14:15")
    expect(page.get_by_label("Title")).to_have_value("")
    # As in every form of texts.
    page.get_by_label("Title").fill("Ferries")
    alice.paste(people(page), "Bob <bob@example.org>")
    # What else there is at that time is said by then, and asked no more.
    expect(page.locator("[data-send]")).to_have_text(re.compile("^Save"))
    page.locator("[data-send]").click()
    expect(page.locator(".banner[role=status]")).to_contain_text("One invitation is on the way.")
    write = urlsplit(page.url).path + "write/"
    alice.go(write)
    page.get_by_label("Text").fill("Bring your tables.")
    page.get_by_role("link", name="Back").click()
    expect(page).not_to_have_url(re.compile("write/$"))
    alice.go(write)
    expect(page.get_by_text("What you typed is still here")).to_be_visible()
    expect(page.get_by_label("Text")).to_have_value("Bring your tables.")
    page.get_by_label("Subject").fill("Tables")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".banner[role=status]")).to_contain_text("One letter is on the way.")
    alice.go(write)
    expect(page.get_by_label("Text")).to_have_value("")


def test_a_draft_is_kept_and_gone_on_with(alice, page):
    page.get_by_label("Title").fill("For later")
    alice.paste(people(page), "bob@example.org")
    page.get_by_role("button", name="Keep as a draft").click()
    drafts = page.get_by_role("region", name="Drafts")
    drafts.get_by_role("link", name="For later").click()
    expect(page.get_by_label("Title")).to_have_value("For later")
    expect(page.locator("[data-send]")).to_have_text(re.compile("^Send 1 invitation"))
    page.get_by_text("Delete the draft").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("The draft was deleted.")).to_be_visible()
    expect(drafts).to_have_count(0)
