"""What people tell us about themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import zone_labels
from accounts.models import FirstDay, User, known_time_zones
from accounts.names import NAME_LENGTH, clean_name

if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
else:
    UserForm = forms.ModelForm


class NameField(forms.CharField):
    """A person's name; what does not belong into one is left out."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": _("Your name"),
                "max_length": NAME_LENGTH,
                "error_messages": {"required": _("Your name is missing. The others see it in the room.")},
                **options,
            }
        )
        self.widget.attrs.setdefault("autocomplete", "name")

    def to_python(self, value: Any) -> str:
        return clean_name(super().to_python(value) or "")


class SignupForm(forms.Form):
    """The part of the sign-up form that is ours; allauth adds address and password."""

    name = NameField()
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth with the new, saved account."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class SettingsForm(UserForm):
    """How you appear to others, and in whose time the pages speak."""

    name = NameField()
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        widget=forms.Select(attrs={"class": "select", "aria-describedby": "zone-hint"}),
    )

    week_starts = forms.TypedChoiceField(
        label=_("First day of the week"),
        required=False,
        coerce=int,
        choices=FirstDay.choices,
        error_messages={"invalid_choice": _("A week begins on Monday, Sunday or Saturday.")},
        widget=forms.Select(attrs={"class": "select", "aria-describedby": "week-hint"}),
    )

    class Meta:
        model = User
        fields = ("name", "time_zone", "week_starts")

    def __init__(self, *args: Any, here: str = "", **kwargs: Any) -> None:
        """`here` is the browser's own zone."""
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["time_zone"])
        # What a browser calls its zone may be an old name of it.
        asked = self.data.get("time_zone", "") if self.is_bound else ""
        mine = [name for name in (self.instance.time_zone, here, asked) if name in known_time_zones()]
        field.choices = zone_labels.choices(tuple(mine), timezone.now())

    def clean_week_starts(self) -> int:
        """What it was, where nothing was said."""
        said = self.cleaned_data["week_starts"]
        return self.instance.week_starts if said == "" else said


class FirstAdministratorForm(forms.Form):
    """The account of whoever set this copy up."""

    name = NameField()
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={
            "required": _("Your address is missing. You sign in with it."),
            "invalid": _("This does not look like a whole address, such as alice@example.org."),
        },
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        error_messages={"required": _("Choose a password.")},
        strip=False,
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError(_("An account with this address exists already. Choose another."))
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if password := data.get("password"):
            try:
                validate_password(password, User(email=data.get("email", ""), name=data.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data
