from django.urls import path, register_converter

from meetings import views
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
    path("meetings/<meeting_code:code>/", views.meeting, name="meeting"),
    path("meetings/<meeting_code:code>/edit/", views.edit, name="edit"),
    path("meetings/<meeting_code:code>/cancel/", views.cancel, name="cancel"),
    path("meetings/<meeting_code:code>/answer/", views.answer, name="answer"),
    path("meetings/<meeting_code:code>/meeting.ics", views.calendar, name="calendar"),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/resend/", views.resend, name="resend"),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/replace/", views.replace_link, name="replace"),
    path("meetings/<meeting_code:code>/attendees/<int:pk>/remove/", views.remove, name="remove"),
    path("i/<str:token>/", views.open_link, name="link"),
    path("i/<str:token>/answer/", views.answer_by_link, name="answer_by_link"),
]
