"""Django's picker of groups and permissions."""

from __future__ import annotations

from django.forms.widgets import Script


class Picker:
    """Has the search fields of `filter_horizontal` named to whoever does not see them, too."""

    class Media:
        js = (Script("js/admin/picker.js", type="module"),)
