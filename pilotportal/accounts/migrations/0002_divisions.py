"""The divisions of GB/T 2260 (state of 2024) that can nominate or be nominated."""

import csv
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data" / "divisions.csv"


def load(apps, schema_editor):
    Division = apps.get_model("accounts", "Division")
    with DATA.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    Division.objects.bulk_create(
        Division(
            code=row["code"],
            name=row["name"],
            province_id=row["province_code"] or row["code"],
            level=row["level"],
            region=row["region"],
        )
        for row in sorted(rows, key=lambda row: (bool(row["province_code"]), row["code"]))
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
