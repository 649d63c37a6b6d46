"""The page on which an organizer writes to those who are invited."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from meetings import words
from meetings.forms.fields import PlainField, length_limit
from meetings.letters import announcements
from meetings.letters.quota import TooManyLetters
from meetings.models import Announcement, Meeting
from meetings.pages.visitor import signed_in

SUBJECT_LENGTH, TEXT_LENGTH = 200, 5000


class AnnouncementForm(forms.Form):
    """What to write, and to whom."""

    audience = forms.ChoiceField(
        choices=Announcement.Audience.choices,
        error_messages={"required": _("For whom is it?"), "invalid_choice": _("For whom is it?")},
    )
    subject = PlainField(
        max_length=None,
        label=_("Subject"),
        validators=[
            length_limit(
                _("The subject is %(length)s characters long. %(most)s is the most."), SUBJECT_LENGTH
            )
        ],
        error_messages={"required": _("A subject tells people what it is about.")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    text = PlainField(
        max_length=None,
        label=_("Text"),
        validators=[
            length_limit(_("The text is %(length)s characters long. %(most)s is the most."), TEXT_LENGTH)
        ],
        error_messages={"required": _("There is nothing to send yet.")},
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 8}),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    """A letter to all attendees, or to some."""
    meeting = get_object_or_404(
        Meeting.objects.filter(organizer=signed_in(request), cancelled_at=None).select_related("organizer"),
        code=code,
    )
    counts = {
        choice: announcements.audience(meeting, choice).count() for choice in Announcement.Audience.values
    }
    form = AnnouncementForm(request.POST or None, initial={"audience": Announcement.Audience.ALL})
    if form.is_valid():
        data = form.cleaned_data
        if not counts[data["audience"]]:
            form.add_error("audience", gettext("Nobody is in that group at the moment."))
        else:
            try:
                sent = announcements.write(meeting, data["subject"], data["text"], data["audience"])
            except TooManyLetters as error:
                form.add_error("audience", str(error))
            else:
                messages.success(request, words.on_the_way(sent.letters))
                return redirect(meeting)
    context = {
        "section": "meetings",
        "meeting": meeting,
        "form": form,
        "audiences": [
            (value, label, counts[value], value == form["audience"].value())
            for value, label in Announcement.Audience.choices
        ],
        "trouble": [
            (form[name].auto_id, str(error)) for name in form.fields for error in form.errors.get(name, ())
        ],
        "written": meeting.announcements.all()[:20],
    }
    return render(request, "meetings/write.html", context)
