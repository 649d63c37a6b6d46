"""What somebody may do to the rows of a table goes with it when the table gets another name.

Django renames the content type by itself, and since 6.0 the permissions too.
"""

from typing import Any

from django.db import migrations


def renamed(old: str, new: str) -> migrations.RunPython:
    """`old` and `new` are what a model is called in words: "join request"."""
    return migrations.RunPython(_rename(old, new), _rename(new, old))


def _rename(old: str, new: str) -> Any:
    was, becomes = old.replace(" ", ""), new.replace(" ", "")

    def rename(apps: Any, schema_editor: Any) -> None:
        permissions = apps.get_model("auth", "Permission").objects.using(schema_editor.connection.alias)
        of_table = permissions.filter(content_type__app_label="rooms", content_type__model__in=[was, becomes])
        for may in ("add", "change", "delete", "view"):
            of_table.filter(codename=f"{may}_{was}").update(
                codename=f"{may}_{becomes}", name=f"Can {may} {new}"
            )

    return rename
