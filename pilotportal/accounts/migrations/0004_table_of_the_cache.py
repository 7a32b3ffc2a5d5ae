from django.db import migrations


class Migration(migrations.Migration):
    """Where Django's cache in the database keeps its entries, among them the limits on attempts to sign in; see `CACHES`."""

    dependencies = [
        ("accounts", "0003_co_departments_have_a_branch"),
    ]

    operations = [
        migrations.RunSQL(
            sql=[
                "CREATE TABLE portal_cache (cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL)",
                "CREATE INDEX portal_cache_expires ON portal_cache (expires)",
            ],
            reverse_sql="DROP TABLE portal_cache",
        ),
    ]
