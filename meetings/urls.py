from django.urls import path, register_converter

from meetings import feed, views
from meetings.models import CODE_ALPHABET, CODE_GROUPS


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
    path("", views.home, name="list"),
    path("meetings/past/", views.past, name="past"),
    path("meetings/new/", views.new, name="new"),
    path("meetings/now/", views.meet_now, name="now"),
    path("meetings/week/", views.week, name="week"),
    path("meetings/month/", views.month, name="month"),
    path("meetings/room/", views.my_room, name="my_room"),
    path("meetings/<meeting_code:code>/", views.meeting, name="meeting"),
    path("meetings/<meeting_code:code>/<int:pk>/", views.occurrence, name="occurrence"),
    path("meetings/<meeting_code:code>/<int:pk>/meeting.ics", views.occurrence_file, name="occurrence_file"),
    path("meetings/<meeting_code:code>/edit/", views.edit, name="edit"),
    path("meetings/<meeting_code:code>/cancel/", views.cancel, name="cancel"),
    path("meetings/<meeting_code:code>/answer/", views.answer, name="answer"),
    path("meetings/<meeting_code:code>/meeting.ics", views.calendar, name="calendar"),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/resend/", views.resend, name="resend"),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/replace/", views.replace_link, name="replace"),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/remove/", views.remove, name="remove"),
    path("meetings/calendar/", feed.subscribe, name="subscribe"),
    path("calendar/<str:secret>.ics", feed.read, name="feed"),
    path("i/<str:token>/", views.open_link, name="link"),
    path("i/<str:token>/test/", views.test_by_link, name="test_by_link"),
    path("i/<str:token>/test/", views.test_by_link, name="test_by_link"),
    path("i/<str:token>/answer/", views.answer_by_link, name="answer_by_link"),
]
