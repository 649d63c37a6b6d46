"""Meetings that are planned now and sent later: what was typed is kept as it stands."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from language import formats
from meetings.forms.fields import TEXT_LENGTH
from meetings.forms.meeting import PEOPLE_LENGTH, MeetingForm
from meetings.models import Draft

MOST_DRAFTS = 30
# A list of people, an agenda, a description, and the short fields.
MOST_CHARACTERS = PEOPLE_LENGTH + 2 * TEXT_LENGTH + 5000
# A file cannot be kept; its people can, once they are in the list.
NOT_KEPT = {"file"}


class CannotKeep(Exception):
    """There are too many drafts, or this one is too long; says so."""


def of(user: User) -> list[Draft]:
    """The latest first."""
    return list(Draft.objects.filter(organizer=user)[:MOST_DRAFTS])


@transaction.atomic
def keep(user: User, sent: QueryDict, draft: Draft | None) -> Draft:
    """Keep a form as it was sent, in place of what the draft held before. Raises CannotKeep."""
    content: dict[str, Any] = {}
    for name, field in MeetingForm.base_fields.items():
        if name not in NOT_KEPT and (value := _storable(field.widget.value_from_datadict(sent, {}, name))):
            content[name] = value
    if len(str(content)) > MOST_CHARACTERS:
        said = _("That is too long for a draft: %(most)s characters are the most.")
        raise CannotKeep(said % {"most": formats.figure(MOST_CHARACTERS)})
    User.objects.select_for_update().get(pk=user.pk)  # one at a time, or there would be more than that
    if draft is None and Draft.objects.filter(organizer=user).count() >= MOST_DRAFTS:
        said = _("You have %(count)s drafts. Send or throw away one of them first.")
        raise CannotKeep(said % {"count": MOST_DRAFTS})
    draft = draft or Draft(organizer=user)
    draft.content, draft.saved_at = content, timezone.now()
    draft.save()
    return draft


def _storable(value: Any) -> Any:
    """Without NUL, which no database takes in a JSON text: Postgres refuses the whole of it."""
    if isinstance(value, list):
        return [_storable(one) for one in value]
    return value.replace("\x00", "") if isinstance(value, str) else value
