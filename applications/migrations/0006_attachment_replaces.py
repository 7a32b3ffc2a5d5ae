import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0005_filled_workbooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="replaces",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successors",
                to="applications.attachment",
                verbose_name="file in whose place it came",
            ),
        ),
    ]
