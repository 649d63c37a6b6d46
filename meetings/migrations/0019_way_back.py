"""On the way back, dates that are cancelled with what follows go: before 0018 they went at once.

By itself, since Postgres does not alter a table whose rows have just changed.
"""

from typing import Any

from django.db import migrations

# What stands on what goes first.
FORGET = (
    """
    DELETE FROM meetings_answer WHERE occurrence_id IN (
        SELECT id FROM meetings_occurrence WHERE series_id IN (
            SELECT id FROM meetings_series WHERE cancelled_at IS NOT NULL))
    """,
    """
    DELETE FROM meetings_occurrence WHERE series_id IN (
        SELECT id FROM meetings_series WHERE cancelled_at IS NOT NULL)
    """,
    "DELETE FROM meetings_series WHERE cancelled_at IS NOT NULL",
)


def forget(apps: Any, schema_editor: Any) -> None:
    # By hand: what a migration knows of models is no whole in which one deletion could follow another.
    for statement in FORGET:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("meetings", "0018_series_cancelled")]

    operations = [migrations.RunPython(migrations.RunPython.noop, forget)]
