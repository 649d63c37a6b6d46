from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0017_one_series")]

    operations = [
        migrations.AddField(
            "series",
            "cancelled_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="cancelled"),
        ),
    ]
