"""What stands in Answer stands nowhere else, and an answer to a date is one to the series of that date."""

import django.db.models.deletion
from django.db import migrations, models

import meetings.models.together

WORDS = [
    ("NEEDS-ACTION", "No answer"),
    ("ACCEPTED", "Yes"),
    ("TENTATIVE", "Maybe"),
    ("DECLINED", "No"),
]


class Migration(migrations.Migration):
    dependencies = [("meetings", "0021_answers_to_all")]

    operations = [
        migrations.AlterField(
            "answer",
            "series",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="meetings.series"
            ),
        ),
        migrations.AlterField(
            "answer",
            "partstat",
            models.CharField(
                "answer", blank=True, choices=WORDS, default="NEEDS-ACTION", max_length=12
            ),
        ),
        migrations.AlterField("answer", "answered_at", models.DateTimeField("answered", blank=True, null=True)),
        migrations.AlterField(
            "answer", "note", models.CharField("word with the answer", blank=True, max_length=200)
        ),
        migrations.AddConstraint(
            "answer",
            models.UniqueConstraint(
                models.F("attendee"),
                models.F("series"),
                condition=models.Q(occurrence=None),
                name="one_answer_per_series",
            ),
        ),
        migrations.AddConstraint(
            "answer",
            models.CheckConstraint(
                condition=models.Q(occurrence__isnull=False) | ~models.Q(partstat=""),
                name="an_answer_to_all_says_something",
            ),
        ),
        migrations.AddConstraint(
            "answer",
            meetings.models.together.Together(
                fields=("occurrence", "series"),
                table="meetings_occurrence",
                columns=("id", "series_id"),
                name="answer_to_a_date_of_its_series",
            ),
        ),
        migrations.RemoveField("attendee", "partstat"),
        migrations.RemoveField("attendee", "answered_at"),
        migrations.RemoveField("attendee", "recorded_at"),
        migrations.RemoveField("attendee", "stamped_at"),
        migrations.RemoveField("attendee", "note"),
    ]
