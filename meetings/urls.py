from django.urls import path, register_converter

from meetings.models import CODE_ALPHABET, CODE_GROUPS
from meetings.pages import (
    announcement_page,
    answering,
    by_link,
    cancelling,
    checking,
    dashboard,
    feed,
    inviting,
    lists,
    meeting_page,
    planning,
    reminder_page,
    weeks,
)


class CodeConverter:
    """A meeting's code; anything else is no address of ours."""

    regex = "-".join(f"[{CODE_ALPHABET}]{{{length}}}" for length in CODE_GROUPS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "meeting_code")

app_name = "meetings"
urlpatterns = [
    path("", lists.home, name="list"),
    path("meetings/go/", lists.go, name="go"),
    path("meetings/search/", lists.find, name="search"),
    path("meetings/past/", lists.past, name="past"),
    path("meetings/new/", planning.new, name="new"),
    path("meetings/drafts/<int:pk>/throw-away/", planning.throw_away, name="throw_away"),
    path("meetings/check/", checking.check, name="check"),
    path("meetings/people/", checking.known_people, name="people"),
    path("meetings/now/", lists.meet_now, name="now"),
    path("meetings/week/", weeks.week, name="week"),
    path("meetings/month/", weeks.month, name="month"),
    path("meetings/room/", lists.my_room, name="my_room"),
    path("meetings/room/settings/", planning.own_room, name="own_room"),
    path("meetings/<meeting_code:code>/", meeting_page.meeting, name="meeting"),
    path("meetings/<meeting_code:code>/<int:pk>/", meeting_page.occurrence, name="occurrence"),
    path(
        "meetings/<meeting_code:code>/<int:pk>/meeting.ics",
        meeting_page.occurrence_file,
        name="occurrence_file",
    ),
    path("meetings/<meeting_code:code>/edit/", planning.edit, name="edit"),
    path("meetings/<meeting_code:code>/cancel/", cancelling.cancel, name="cancel"),
    path("meetings/<meeting_code:code>/answer/", answering.answer, name="answer"),
    path("meetings/<meeting_code:code>/answer/several/", answering.answer_several, name="answer_several"),
    path("meetings/<meeting_code:code>/meeting.ics", meeting_page.calendar, name="calendar"),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/resend/", dashboard.resend, name="resend"),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/replace/", dashboard.replace_link, name="replace"),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/revoke/", dashboard.revoke_link, name="revoke"),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/cohost/", dashboard.make_cohost, name="cohost"),
    path(
        "meetings/<meeting_code:code>/attendees/<int:pk>/optional/", dashboard.make_optional, name="optional"
    ),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/remove/", dashboard.remove, name="remove"),
    path("meetings/<meeting_code:code>/invite/", inviting.invite, name="invite"),
    path("meetings/<meeting_code:code>/letters/", dashboard.letters, name="letters"),
    path("meetings/<meeting_code:code>/write/", announcement_page.write, name="write"),
    path("meetings/<meeting_code:code>/digest/", dashboard.turn_digest, name="digest"),
    path("reminders/<str:token>/", reminder_page.choose_reminders, name="reminders"),
    path("meetings/calendar/", feed.subscribe, name="subscribe"),
    path("calendar/<str:secret>.ics", feed.read, name="feed"),
    path("i/<str:token>/", by_link.open_link, name="link"),
    path("i/<str:token>/test/", by_link.test_by_link, name="test_by_link"),
    path("i/<str:token>/meeting.ics", by_link.file_by_link, name="file_by_link"),
    path("i/<str:token>/answer/", by_link.answer_by_link, name="answer_by_link"),
    path("i/<str:token>/answer/several/", by_link.answer_several_by_link, name="answer_several_by_link"),
    path("i/<str:token>/answer/on/<int:pk>/", by_link.answer_by_link, name="answer_one_by_link"),
]
