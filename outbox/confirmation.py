"""The page between an action of the administration and its doing: what it will do, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

# So many are named; the others are counted.
NAMED = 50
# So many may be acted on at once: the page sends each of them back (DATA_UPLOAD_MAX_NUMBER_FIELDS).
MOST = 500


@dataclass(frozen=True)
class Question:
    """What an administrator is asked before something that cannot be undone, or that writes to people."""

    title: str
    # What the button says.
    button: str
    # What it is about, each as it is named on the page.
    rows: Sequence[str]
    # What will happen, in sentences.
    says: Sequence[str] = ()


def is_agreed(request: HttpRequest) -> bool:
    """Whether they have been asked, and said yes."""
    return request.POST.get("confirmed") == "yes"


def ask(
    model_admin: admin.ModelAdmin[Any], request: HttpRequest, pks: Sequence[int], question: Question
) -> TemplateResponse | HttpResponseRedirect:
    """The page that asks, and comes back to the same action with the same rows."""
    opts = model_admin.model._meta
    back = reverse(f"{model_admin.admin_site.name}:{opts.app_label}_{opts.model_name}_changelist")
    if len(pks) > MOST:
        words = _("%(count)s are too many for one go. Choose at most %(most)s.") % {
            "count": len(pks),
            "most": MOST,
        }
        model_admin.message_user(request, words, messages.WARNING)
        return HttpResponseRedirect(request.get_full_path())
    fields = [("action", request.POST.get("action", "")), *((ACTION_CHECKBOX_NAME, pk) for pk in pks)]
    return _page(model_admin, request, question, fields, back)


def ask_again(
    model_admin: admin.ModelAdmin[Any], request: HttpRequest, question: Question, *more: Question
) -> TemplateResponse:
    """The same before a form is saved: the page sends what the form said once more.

    A form that does several such things asks of all of them on one page, in the words of the first.
    """
    rows = [row for one in (question, *more) for row in one.rows]
    says = [sentence for one in (question, *more) for sentence in one.says]
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    fields = [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"]
    return _page(model_admin, request, replace(question, rows=rows, says=says), fields, request.path)


def _page(
    model_admin: admin.ModelAdmin[Any],
    request: HttpRequest,
    question: Question,
    fields: Sequence[tuple[str, Any]],
    back: str,
) -> TemplateResponse:
    opts = model_admin.model._meta
    context = {
        **model_admin.admin_site.each_context(request),
        "title": question.title,
        "button": question.button,
        "says": question.says,
        "rows": question.rows[:NAMED],
        "more": max(0, len(question.rows) - NAMED),
        "fields": fields,
        "opts": opts,
        "list": reverse(f"{model_admin.admin_site.name}:{opts.app_label}_{opts.model_name}_changelist"),
        "back": back,
    }
    return TemplateResponse(request, "admin_confirm.html", context)
