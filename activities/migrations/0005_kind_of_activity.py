import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("activities", "0004_standard_kinds")]

    operations = [
        migrations.AlterField(
            model_name="activity", name="kind", field=models.CharField(max_length=20, default="other")
        ),
        migrations.RemoveField(model_name="activity", name="kind"),
        migrations.RenameField(model_name="activity", old_name="kind_row", new_name="kind"),
        migrations.AlterField(
            model_name="activity",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="activities", to="activities.activitykind",
                verbose_name="Kind",
            ),
        ),
    ]
