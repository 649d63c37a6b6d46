import django.db.models.deletion
from django.db import migrations, models

from rooms.migrations._permissions import renamed


class Migration(migrations.Migration):
    dependencies = [("rooms", "0010_join_requests")]

    operations = [
        migrations.RenameModel("LinkChange", "ConnectionChange"),
        migrations.RenameIndex(
            "connectionchange", new_name="connection_changes_of_a_pair", old_name="link_changes_of_a_pair"
        ),
        migrations.AlterField(
            model_name="connectionchange",
            name="call",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="connection_changes", to="rooms.call"
            ),
        ),
        migrations.AlterField(
            model_name="connectionchange",
            name="participant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="connection_changes",
                to="rooms.participant",
            ),
        ),
        renamed("link change", "connection change"),
    ]
