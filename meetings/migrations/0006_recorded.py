from django.db import migrations, models


def recorded_when_said(apps, schema_editor):
    """Of the answers until now nothing else is known."""
    for name in ("Attendee", "Answer"):
        apps.get_model("meetings", name).objects.update(recorded_at=models.F("answered_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("meetings", "0005_digest"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendee",
            name="recorded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="answer",
            name="recorded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(recorded_when_said, migrations.RunPython.noop),
    ]
