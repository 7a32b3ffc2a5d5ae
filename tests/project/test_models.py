"""What every model keeps to: words for people, names that claim something, states that the database holds, migrations that stay small."""

import ast
import re

import pgtrigger
import pgtrigger.registry
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils.functional import Promise

ROOMS = ("pilotportal", "applications", "review", "reporting")
LONGEST_NAME = 63  # PostgreSQL cuts what is longer
MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in ROOMS]
MIGRATIONS = sorted(path for room in ROOMS for path in (settings.BASE_DIR / room).rglob("migrations/[0-9]*.py"))


def name_of(model: type[models.Model]) -> str:
    return model.__name__


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_every_model_and_field_has_words_for_people(model):
    assert isinstance(model._meta.verbose_name, Promise), "no verbose_name through gettext"
    assert model.__str__ is not models.Model.__str__
    own = [field for field in model._meta.local_fields if not field.primary_key or not isinstance(field, models.AutoField)]
    django_own = {"password", "last_login", "is_superuser", "username", "email", "is_staff", "is_active", "date_joined"}
    assert [field.name for field in own if field.name not in django_own and not isinstance(field.verbose_name, Promise)] == []


@pytest.mark.parametrize("model", MODELS, ids=name_of)
def test_constraints_name_their_model_and_claim_something(model):
    names = [constraint.name for constraint in model._meta.constraints]
    subject = "|".join(snake(name_of(model)).split("_"))
    assert [name for name in names if not re.fullmatch(rf"({subject})(_[a-z0-9]+)+", name) or len(name) > LONGEST_NAME] == []


@pytest.mark.parametrize("model", [model for model in MODELS if any(field.name == "status" for field in model._meta.fields)], ids=name_of)
def test_the_database_holds_every_status_to_its_table(model):
    held = [trigger for trigger in registered().get(model, []) if isinstance(trigger, pgtrigger.FSM) and trigger.field == "status"]
    assert len(held) == 1


def registered() -> dict[type[models.Model], list[pgtrigger.Trigger]]:
    found: dict[type[models.Model], list[pgtrigger.Trigger]] = {}
    for model, trigger in pgtrigger.registry.registered():
        found.setdefault(model, []).append(trigger)
    return found


@pytest.mark.django_db
def test_every_trigger_of_the_models_is_in_the_database():
    """`makemigrations --check` (scripts/check) says that the migrations hold them; this, that they arrived and are enabled."""
    wanted = {trigger.get_pgid(model) for model, triggers in registered().items() for trigger in triggers}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
        assert wanted - {name for (name,) in cursor.fetchall()} == set()
    assert len(wanted) > len(MODELS)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parent.parent.name}.{path.stem}")
def test_migrations_are_named_and_stand_alone(path):
    assert not re.search("auto|alter_.*_and_more", path.stem)
    text = path.read_text()
    functions = imported(text) - {module for module in imported(text) if is_only_a_default(module, text)}
    assert functions == set(), "imports code that will change"
    operations = set(re.findall(r"^\s+(migrations\.\w+)\(", text, re.MULTILINE))
    assert operations == {"migrations.RunPython"} or "migrations.RunPython" not in operations, "schema and data in one"


def imported(text: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(text)))
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {module for module in modules if module.split(".")[0] in ROOMS}


def is_only_a_default(module: str, text: str) -> bool:
    """The function that makes a default is named by Django itself."""
    uses = re.findall(rf"^.*\b{re.escape(module)}\.\w+", text, re.MULTILINE)
    return bool(uses) and all(re.search(rf"default={re.escape(module)}\.new_\w+$", use) for use in uses)


def test_a_migration_that_leans_on_the_code_is_found():
    text = "from applications.rules import may_become\nimport review.models.scoring\nfield(default=review.models.scoring.new_code)\n"
    assert {module for module in imported(text) if not is_only_a_default(module, text)} == {"applications.rules"}
