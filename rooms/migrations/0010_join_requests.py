import django.db.models.deletion
from django.db import migrations, models

from rooms.migrations._permissions import renamed


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("rooms", "0009_removals_by_person"),
    ]

    operations = [
        # What an index is about does not follow the new name of a field.
        migrations.RemoveIndex("knock", "knocks_at_a_door"),
        migrations.RenameModel("Knock", "JoinRequest"),
        migrations.RenameField("joinrequest", "answer", "decision"),
        migrations.RenameField("joinrequest", "answered_at", "decided_at"),
        migrations.RenameField("joinrequest", "answered_by", "decided_by"),
        migrations.AddIndex(
            "joinrequest", models.Index(fields=["room", "decision"], name="join_requests_by_decision")
        ),
        migrations.AlterField(
            model_name="joinrequest",
            name="call",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="join_requests",
                to="rooms.call",
            ),
        ),
        migrations.AlterField(
            model_name="joinrequest",
            name="room",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="join_requests", to="rooms.room"
            ),
        ),
        renamed("knock", "join request"),
    ]
