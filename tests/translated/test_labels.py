"""What Django writes beside a field can be translated: what it makes of an identifier is English for good."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, get_fields_from_path, label_for_field
from django.test import RequestFactory
from django.utils.functional import Promise

from accounts.models import User
from language.catalogs import APPS

# Else it is read with the first page.
admin.autodiscover()
OURS = [app for app in apps.get_app_configs() if app.label in APPS]
MODELS = [model for app in OURS for model in app.get_models()]
REGISTERED = list(admin.site._registry.values())
INLINE = [inline(page.model, admin.site) for page in REGISTERED for inline in page.inlines]
PAGES = [page for page in (*REGISTERED, *INLINE) if type(page).__module__.split(".")[0] in APPS]


@pytest.mark.parametrize("app", [app for app in OURS if list(app.get_models())], ids=lambda app: app.label)
def test_an_app_has_a_name_that_can_be_translated(app):
    assert isinstance(app.verbose_name, Promise)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_has_a_name_that_can_be_translated(model):
    # Whoever deletes an account is told all that goes with it, so these are all read.
    assert isinstance(model._meta.verbose_name, Promise)
    assert isinstance(model._meta.verbose_name_plural, Promise)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_can_be_chosen_of_a_field_can_be_translated(model):
    labels = [label for field in model._meta.fields for _, label in field.flatchoices]
    assert [label for label in labels if not isinstance(label, Promise)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: type(page).__name__)
def test_every_heading_of_the_administration_can_be_translated(page):
    assert [name for name, heading in _headings(page).items() if not isinstance(heading, Promise)] == []


def _headings(page: admin.options.BaseModelAdmin) -> dict[str, object]:
    """What stands beside each field, and over each column, when something is added, changed or listed."""
    request = RequestFactory().get("/")
    request.user = User(is_staff=True, is_superuser=True)
    headings: dict[str, object] = {}
    for thing in (None, page.model()):
        shown = flatten_fieldsets(page.get_fieldsets(request, thing))
        headings |= {name: _heading(page, name) for name in (*shown, *getattr(page, "list_display", ()))}
    for name in getattr(page, "list_filter", ()):
        if isinstance(name, str):
            headings[name] = get_fields_from_path(page.model, name)[-1].verbose_name
    return headings


def _heading(page: admin.options.BaseModelAdmin, name: str) -> object:
    # What only the form for a new one asks for.
    added = getattr(page, "add_form", forms.Form).base_fields
    if name in added:
        return added[name].label
    return page.model._meta.verbose_name if name == "__str__" else label_for_field(name, page.model, page)


def _forms() -> Iterator[type[forms.BaseForm]]:
    """Those that our own pages show."""
    for app in OURS:
        for path in Path(app.path).rglob("*.py"):
            inside = path.relative_to(settings.BASE_DIR).with_suffix("")
            if "forms" in inside.parts or inside.parent.name == "pages":
                module = import_module(".".join(inside.parts))
                yield from (
                    thing
                    for thing in vars(module).values()
                    if isinstance(thing, type)
                    and issubclass(thing, forms.BaseForm)
                    and thing.__module__ == module.__name__
                )


FORMS = list(_forms())


def test_there_are_forms_to_look_at():
    assert len(FORMS) > 10


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_word_of_a_form_can_be_translated(form):
    assert [said for field in form.base_fields.values() for said in _said(field) if _is_fixed(said)] == []


def _said(field: forms.Field) -> Iterator[object]:
    """Its label, unless that is in the template, what it says in its errors, and what there is to choose."""
    yield from (field.label, field.help_text, *field.error_messages.values())
    # Choices that are made when they are asked for are made in the language of whoever asks.
    if isinstance(field, forms.ChoiceField) and isinstance(field.choices, list):
        yield from (label for _, label in field.choices)


def _is_fixed(said: object) -> bool:
    return isinstance(said, str) and bool(re.search("[A-Za-z]", said))
