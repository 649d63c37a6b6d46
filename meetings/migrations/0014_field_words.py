from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion

# Of each model: its name and what it is called, then and now.
RENAMED = [
    (('circular', 'circular'), ('announcement', 'announcement')),
    (('postage', 'postage'), ('letterquota', 'letter quota')),
]


def rename_permissions(apps, schema_editor, *, back=False):
    """What somebody was allowed to do with a model, they still are: permissions are known by its name."""
    permissions = apps.get_model('auth', 'Permission').objects.using(schema_editor.connection.alias)
    for pair in RENAMED:
        (old, _), (new, words) = reversed(pair) if back else pair
        for action in ('add', 'change', 'delete', 'view'):
            found = permissions.filter(codename=f'{action}_{old}', content_type__app_label='meetings')
            found.update(codename=f'{action}_{new}', name=f'Can {action} {words}')


def restore_permissions(apps, schema_editor):
    rename_permissions(apps, schema_editor, back=True)


class Migration(migrations.Migration):
    """Models are called what the field calls them (docs/glossary.md)."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('meetings', '0013_lengthened'),
    ]

    operations = [
        migrations.RenameModel('Circular', 'Announcement'),
        migrations.AlterField(
            model_name='announcement',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='announcements', to='meetings.meeting'),
        ),
        migrations.RenameModel('Postage', 'LetterQuota'),
        migrations.AlterModelOptions(name='letterquota', options={'verbose_name': 'letter quota'}),
        migrations.AlterField(
            model_name='letterquota',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letter_quotas', to=settings.AUTH_USER_MODEL, verbose_name='account'),
        ),
        migrations.RemoveConstraint(model_name='letterquota', name='one_postage_a_day'),
        migrations.AddConstraint(
            model_name='letterquota',
            constraint=models.UniqueConstraint(models.F('user'), models.F('day'), name='one_letter_quota_a_day'),
        ),
        migrations.RunPython(rename_permissions, restore_permissions),
    ]
