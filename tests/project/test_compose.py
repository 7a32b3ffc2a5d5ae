"""No engine runs where these tests do, so what would make an installation fail to start is looked for in the text."""

import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from pilotportal.trial.installation import WORKER

ROOT = Path(settings.BASE_DIR)
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OWN = ("migrate", "web", "worker", "beat")
READ_BY_SETTINGS = set(re.findall(r"""env(?:\.\w+)?\(\s*"([A-Z_]+)""", (ROOT / "pilotportal" / "settings.py").read_text()))
LEFT_TO_THEIR_DEFAULTS = {
    "PORTAL_CLOCK_FILE",  # no simulated clock in production
    "PORTAL_DIGEST",  # the best that the image's OpenSSL offers
    "PORTAL_QUEUE",  # for rehearsals beside a running portal
}
REQUIRED = re.compile(r"\$\{([A-Z_]+):\?")
OPTIONAL = re.compile(r"\$\{([A-Z_]+)(?::-[^}]*)?\}")


@pytest.mark.parametrize("service", OWN)
def test_processes_get_exactly_the_variables_that_the_settings_read(service):
    assert set(SERVICES[service]["environment"]) == READ_BY_SETTINGS - LEFT_TO_THEIR_DEFAULTS


def test_settings_were_found_in_the_source():
    """Else the comparison above would compare nothing."""
    assert {"PORTAL_MODE", "PORTAL_SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"} <= READ_BY_SETTINGS
    assert LEFT_TO_THEIR_DEFAULTS <= READ_BY_SETTINGS


def test_secrets_are_required_and_have_no_default():
    text = (ROOT / "docker-compose.yml").read_text()
    secret = re.compile(r"SECRET|PASSWORD$|EMAIL_URL")
    assert {name for name in REQUIRED.findall(text) if secret.search(name)} == {
        "PORTAL_SECRET_KEY",
        "POSTGRES_PASSWORD",
        "REDIS_PASSWORD",
        "EMAIL_URL",
    }
    assert not [name for name in OPTIONAL.findall(text) if secret.search(name)]


def test_every_required_variable_is_explained_at_the_top():
    text = (ROOT / "docker-compose.yml").read_text()
    explained = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    assert not [name for name in REQUIRED.findall(text) if name not in explained]


def test_addresses_name_services_of_the_file():
    environment = SERVICES["web"]["environment"]
    database = SERVICES["postgres"]["environment"]
    assert environment["DATABASE_URL"] == (
        f"postgresql://{database['POSTGRES_USER']}:{database['POSTGRES_PASSWORD']}@postgres:5432/{database['POSTGRES_DB']}"
    )
    assert "@redis:6379/" in environment["REDIS_URL"]
    assert environment["REDIS_URL"].split("@")[0].endswith(SERVICES["redis"]["command"][2])
    assert not [name for service in SERVICES.values() for name in service.get("depends_on", {}) if name not in SERVICES]


def test_every_lasting_service_has_a_health_check_and_starts_again():
    lasting = {name: service for name, service in SERVICES.items() if name != "migrate"}
    assert not [name for name, service in lasting.items() if "healthcheck" not in service or service["restart"] != "unless-stopped"]


def test_nothing_serves_before_the_migrations_are_done():
    waiting = [SERVICES[name]["depends_on"]["migrate"]["condition"] for name in ("web", "worker", "beat")]
    assert waiting == ["service_completed_successfully"] * 3


def test_the_worker_is_the_one_that_the_tests_start():
    assert SERVICES["worker"]["command"][: len(WORKER)] == list(WORKER)


def test_only_the_proxy_is_open_so_that_no_client_can_forge_its_arrival():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_proxy_overwrites_what_the_settings_trust():
    proxy = (ROOT / "deploy" / "nginx.conf").read_text()
    environment = SERVICES["web"]["environment"]
    assert f"proxy_set_header {environment['PORTAL_ARRIVAL_HEADER']} $msec;" in proxy
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in proxy
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxy
    assert "underscores_in_headers" not in proxy  # else X_Portal_Arrival would reach the portal under the same name


def test_proxy_lets_through_what_the_portal_accepts():
    limit = int(re.search(r"client_max_body_size (\d+)m;", (ROOT / "deploy" / "nginx.conf").read_text()).group(1))
    assert limit * 1024 * 1024 > settings.UPLOAD_LIMIT


def test_images_are_pinned_and_stages_exist():
    dockerfile = (ROOT / "Dockerfile").read_text()
    stages = set(re.findall(r"^FROM \S+ AS (\w+)", dockerfile, re.MULTILINE))
    assert {service["build"]["target"] for service in SERVICES.values() if "build" in service} == stages
    bases = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) + [s["image"] for s in SERVICES.values() if "build" not in s]
    assert not [image for image in bases if ":" not in image or image.endswith(":latest")]


def test_image_does_not_run_as_root():
    users = re.findall(r"^USER (\w+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users
    assert "root" not in users


@pytest.mark.parametrize("service", OWN)
def test_commands_name_programs_of_the_project(service):
    command = SERVICES[service].get("command") or ["gunicorn"]
    assert command[0] in {"python", "celery", "gunicorn"}
    assert not [word for word in command if word.endswith(".py") and not (ROOT / word).exists()]
