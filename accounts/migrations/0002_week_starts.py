from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="week_starts",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Monday"), (6, "Sunday"), (5, "Saturday")],
                default=0,
                verbose_name="first day of the week",
            ),
        ),
    ]
