"""Room for answers to the whole of a series beside those to its dates. They are filled in 0021."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0019_way_back")]

    operations = [
        migrations.AddConstraint(
            "occurrence", models.UniqueConstraint(fields=("id", "series"), name="occurrence_with_its_series")
        ),
        migrations.AddField(
            "answer",
            "series",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="meetings.series"
            ),
        ),
        migrations.AlterField(
            "answer",
            "occurrence",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="answers",
                to="meetings.occurrence",
            ),
        ),
    ]
