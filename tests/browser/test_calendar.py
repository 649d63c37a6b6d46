"""A week and a month by keyboard, on a phone, and their line of now."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

WEEK, MONTH = "/meetings/week/?day=2031-05-06", "/meetings/month/?day=2031-05-06"


@pytest.fixture(scope="module")
def planned():
    """What Alice has planned already: the server is the same for all tests, and would tell of conflicts."""
    return set()


@pytest.fixture
def page(alice, planned):
    """The week of 5 May 2031, on which Alice has two meetings on Tuesday and one on Thursday."""
    for title, date, starts in (
        ("Ferries", "2031-05-06", "09:00"),
        ("Bridges", "2031-05-06", "14:00"),
        ("Landing stages", "2031-05-08", "14:30"),
    ):
        if title not in planned:
            alice.schedule(title, date=date, starts=starts)
            planned.add(title)
    alice.go(WEEK)
    return alice.page


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def day(page, date):
    return page.locator(f"[data-date='{date}']")


def test_the_week_is_one_stop_for_tab_and_goes_by_arrows(page):
    links = page.locator("[data-calendar] :is(a[data-head], li > a)")
    expect(page.locator("[data-calendar] :is(a[data-head], li > a)[tabindex='0']")).to_have_count(1)
    assert links.count() == 10
    day(page, "2031-05-05").locator("[data-head]").focus()
    press(page, "ArrowRight")
    expect(day(page, "2031-05-06").locator("[data-head]")).to_be_focused()
    press(page, "ArrowDown", "ArrowDown")
    expect(page.get_by_role("link", name=re.compile("Bridges"))).to_be_focused()
    # To what stands nearest, where there is something; else to the head of the day.
    press(page, "ArrowRight")
    expect(day(page, "2031-05-07").locator("[data-head]")).to_be_focused()
    press(page, "ArrowRight", "ArrowDown")
    expect(page.get_by_role("link", name=re.compile("Landing stages"))).to_be_focused()
    press(page, "End")
    expect(day(page, "2031-05-11").locator("[data-head]")).to_be_focused()
    press(page, "Home")
    expect(day(page, "2031-05-05").locator("[data-head]")).to_be_focused()


def test_over_the_edge_and_by_letters_it_goes_to_other_weeks_and_keeps_the_place(page):
    day(page, "2031-05-11").locator("[data-head]").focus()
    press(page, "ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("12 to 18 May 2031")
    expect(day(page, "2031-05-12").locator("[data-head]")).to_be_focused()
    press(page, "ArrowRight", "j")
    expect(day(page, "2031-05-20").locator("[data-head]")).to_be_focused()
    press(page, "PageUp")
    expect(day(page, "2031-05-13").locator("[data-head]")).to_be_focused()
    press(page, "k")
    expect(page.get_by_role("heading", level=1)).to_have_text("5 to 11 May 2031")
    press(page, "t")
    expect(page.locator(".column.today")).to_have_count(1)


def test_a_new_meeting_begins_on_the_day_of_the_focus_and_at_the_hour_of_the_click(page):
    day(page, "2031-05-07").locator("[data-head]").focus()
    press(page, "n")
    page.wait_for_url(re.compile(r"/meetings/new/\?date=2031-05-07$"))
    page.go_back()
    day(page, "2031-05-09").locator("a.slot").nth(3).click()
    page.wait_for_url(re.compile(r"/meetings/new/\?date=2031-05-09&time=11:00$"))


def test_a_month_goes_down_into_a_day_and_on_into_the_next_week(alice, page):
    alice.go(MONTH)
    day(page, "2031-05-06").locator("[data-head]").focus()
    press(page, "ArrowDown", "ArrowDown")
    expect(page.get_by_role("link", name=re.compile("Bridges"))).to_be_focused()
    press(page, "ArrowDown")
    expect(day(page, "2031-05-13").locator("[data-head]")).to_be_focused()
    press(page, "PageDown")
    expect(page.get_by_role("heading", level=1)).to_have_text("June 2031")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("9 to 15 June 2031")


def test_the_keys_that_the_page_names_work_wherever_the_focus_is(page):
    expect(page.get_by_text("Keys: arrows go")).to_be_visible()
    page.evaluate("document.activeElement?.blur()")
    press(page, "PageDown")
    expect(page.get_by_role("heading", level=1)).to_have_text("12 to 18 May 2031")
    page.get_by_role("link", name="Today", exact=True).focus()
    press(page, "PageUp")
    expect(page.get_by_role("heading", level=1)).to_have_text("5 to 11 May 2031")
    press(page, "ArrowDown")
    expect(day(page, "2031-05-05").locator("[data-head]")).to_be_focused()
    press(page, "ArrowRight")
    expect(day(page, "2031-05-06").locator("[data-head]")).to_be_focused()
    page.get_by_role("link", name="Today", exact=True).focus()
    press(page, "ArrowLeft")
    expect(day(page, "2031-05-06").locator("[data-head]")).to_be_focused()


def test_the_letters_do_nothing_while_somebody_types(page):
    page.evaluate(
        "document.querySelector('h1').contentEditable = 'true'; document.querySelector('h1').focus()"
    )
    press(page, "j")
    expect(page).to_have_url(re.compile(re.escape(WEEK) + "$"))


def test_the_line_of_now_moves_while_the_page_is_open(alice):
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0)
    alice.is_changed = True  # of this clock a browser is never rid
    alice.page.clock.install(time=noon)
    alice.go("/meetings/week/?hours=all")
    line = alice.page.locator("[data-now-line]")
    tops = []
    for minutes, shown in (2, 2), (30, 32):
        alice.page.clock.fast_forward(minutes * 60_000)
        expect(line).to_have_attribute("style", re.compile(rf"--m: {shown};"))
        box = line.bounding_box()
        assert box
        tops.append(box["y"])
    assert 25 < tops[1] - tops[0] < 40


def test_on_a_phone_it_is_a_list_of_days(visitor):
    alice = visitor("Alice", account=True, viewport={"width": 390, "height": 844})
    alice.schedule("On a phone", date="2031-06-03", starts="09:00")
    for path in ("/meetings/week/?day=2031-06-03", "/meetings/month/?day=2031-06-03"):
        alice.go(path)
        link = alice.page.get_by_role("link", name=re.compile("On a phone"))
        box = link.bounding_box()
        assert box["width"] > 300
        assert box["height"] >= 44
        assert alice.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


DAYS = {"light and wide": "2031-07-01", "dark and narrow": "2031-07-02"}


@pytest.mark.parametrize("look", DAYS)
def test_nothing_stands_in_anybodys_way(visitor, look):
    looks = {
        "light and wide": {"color_scheme": "light", "viewport": {"width": 1440, "height": 900}},
        "dark and narrow": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
    }
    alice = visitor("Alice", account=True, **looks[look])
    page = alice.schedule("Barriers", "mira@example.org", date=DAYS[look], starts="09:00")
    faults = []
    for path in (
        f"/meetings/week/?day={DAYS[look]}",
        f"/meetings/month/?day={DAYS[look]}",
        "/meetings/calendar/",
        page,
        f"{page}attendance/",
    ):
        alice.go(path)
        faults += [f"{path}: {fault}" for fault in alice.barriers()]
    alice.go("/meetings/calendar/")
    alice.page.get_by_role("button", name=re.compile("Make")).click()
    expect(alice.page.get_by_role("link", name="Open in my calendar program")).to_be_visible()
    faults += alice.barriers()
    alice.go(page)
    alice.page.get_by_text("Add to my calendar").click()
    expect(alice.page.get_by_role("link", name="Google")).to_be_visible()
    faults += alice.barriers()
    assert not faults, "\n".join(faults)
