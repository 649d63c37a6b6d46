from django.db import migrations, models


def moot_by_their_words(apps, schema_editor):
    """Until now only the reason said so."""
    letters = apps.get_model("outbox", "Letter").objects
    letters.filter(dead_at__isnull=False, error="No longer true when it was due.").update(is_moot=True)


class Migration(migrations.Migration):

    dependencies = [
        ("outbox", "0002_bounces"),
    ]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="is_moot",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name="letter",
            index=models.Index(fields=["recipient", "sent_at"], name="letters_by_recipient"),
        ),
        migrations.RunPython(moot_by_their_words, migrations.RunPython.noop),
    ]
