"""The commands of the project, tried in a copy where the programs that would change the machine are replaced by ones that only say so."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SCRIPTS = [*sorted(path for path in (ROOT / "scripts").iterdir() if path.suffix != ".txt"), ROOT / ".ci" / "run"]
EVERY_PACKAGE = "#!/bin/sh\necho installed\n"
LOCKS = ("run", "trial", "develop")
NO_PACKAGE = "#!/bin/sh\nexit 1\n"


class Checkout:
    """A copy of the scripts with replaced programs; `said` holds what these were called with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "programs"
        self.calls = folder / "calls"
        self.programs.mkdir()
        shutil.copytree(ROOT / "scripts", folder / "scripts")
        shutil.copytree(ROOT / "requirements", folder / "requirements")

    def replace(self, name: str, text: str) -> None:
        self.write(f"programs/{name}", text)

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        ours = {name: value for name, value in os.environ.items() if name != "PORTAL_TEST_PROCESSES"}
        ours["PATH"] = f"{self.programs}:{os.environ['PATH']}"
        return subprocess.run(command, cwd=self.folder, env=ours | environment, capture_output=True, text=True, check=False)

    @property
    def said(self) -> str:
        return self.calls.read_text() if self.calls.exists() else ""


@pytest.fixture
def checkout(tmp_path):
    checkout = Checkout(tmp_path)
    checkout.replace("apt-get", f'#!/bin/sh\necho "apt-get $*" >> {checkout.calls}\n')
    checkout.write(".venv/bin/python", f'#!/bin/sh\n[ "$1" = -c ] || echo "python $*" >> {checkout.calls}\n')
    return checkout


def packages(*sections: str) -> set[str]:
    found, section = set(), ""
    for line in (ROOT / "scripts" / "apt-packages.txt").read_text().splitlines():
        text = line.split("#")[0].strip()
        if text.startswith("["):
            section = text.strip("[]")
        elif text and section in sections:
            found.add(text)
    return found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_can_be_run_and_parsed(script):
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!/usr/bin/env bash\n")
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_bootstrap_names_what_is_missing_to_those_who_are_not_root(checkout):
    checkout.replace("id", "#!/bin/sh\necho 1000\n")
    checkout.replace("dpkg-query", NO_PACKAGE)
    outcome = checkout.run("scripts/bootstrap", "trial")
    assert outcome.returncode == 3
    command = re.search(r"sudo apt-get update && sudo apt-get install --yes --no-install-recommends (.*)", outcome.stderr).group(1)
    assert set(command.split()) == packages("run")  # this machine's Python has pip, whatever Debian's has
    assert checkout.said == ""


def test_bootstrap_installs_only_what_is_missing_for_root(checkout):
    checkout.replace("id", "#!/bin/sh\necho 0\n")
    checkout.replace("dpkg-query", '#!/bin/sh\ncase "$*" in *chromium*) exit 1 ;; *) echo installed ;; esac\n')
    assert checkout.run("scripts/bootstrap", "trial").returncode == 0
    assert "apt-get" not in checkout.said
    assert checkout.run("scripts/bootstrap", "develop").returncode == 0
    assert re.search(r"apt-get .*install --yes --no-install-recommends chromium-headless-shell chromium\n", checkout.said)


def test_bootstrap_stops_where_packages_cannot_be_installed(checkout):
    checkout.replace("id", "#!/bin/sh\necho 0\n")
    checkout.replace("dpkg-query", NO_PACKAGE)
    checkout.replace("apt-get", "#!/bin/sh\necho 'no space left' >&2\nexit 100\n")
    outcome = checkout.run("scripts/bootstrap", "trial")
    assert outcome.returncode == 100
    assert "no space left" in outcome.stderr
    assert "python" not in checkout.said


def test_bootstrap_installs_the_locks_once_and_again_when_they_change(checkout):
    checkout.replace("dpkg-query", EVERY_PACKAGE)
    assert checkout.run("scripts/bootstrap", "trial").returncode == 0
    assert "pip install --quiet --python .venv/bin/python --require-hashes --requirement requirements/trial.lock" in checkout.said
    checkout.calls.unlink()
    assert checkout.run("scripts/bootstrap", "trial").returncode == 0
    assert checkout.said == ""
    with (checkout.folder / "requirements" / "trial.lock").open("a") as lock:
        lock.write("# another version\n")
    assert checkout.run("scripts/bootstrap", "trial").returncode == 0
    assert "requirements/trial.lock" in checkout.said


def test_those_who_develop_have_all_that_the_trial_needs(checkout):
    checkout.replace("dpkg-query", EVERY_PACKAGE)
    checkout.run("scripts/bootstrap", "develop")
    checkout.calls.unlink()
    checkout.run("scripts/bootstrap", "trial")
    assert checkout.said == ""


def test_bootstrap_asks_for_its_kind(checkout):
    outcome = checkout.run("scripts/bootstrap", "everything")
    assert outcome.returncode == 2
    assert "usage" in outcome.stderr


def test_translations_are_compiled_when_they_are_newer(checkout):
    shutil.rmtree(checkout.folder / ".venv")
    (checkout.folder / ".venv").symlink_to(ROOT / ".venv")
    checkout.write(
        "locale/zh_Hans/LC_MESSAGES/django.po", 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "a"\nmsgstr "甲"\n'
    )
    compiled = checkout.folder / "locale/zh_Hans/LC_MESSAGES/django.mo"
    assert checkout.run("scripts/compile-messages").returncode == 0
    assert "甲".encode() in compiled.read_bytes()
    compiled.write_bytes(b"left alone")
    checkout.run("scripts/compile-messages")
    assert compiled.read_bytes() == b"left alone"
    os.utime(compiled, (0, 0))
    checkout.run("scripts/compile-messages")
    assert "甲".encode() in compiled.read_bytes()


@pytest.mark.parametrize(("checks", "tests", "expected"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (3, 5, 1)])
def test_ci_fails_when_a_check_or_a_test_does_and_runs_both(checkout, checks, tests, expected):
    shutil.copytree(ROOT / ".ci", checkout.folder / ".ci")
    for name, code in (("check", checks), ("test", tests)):
        checkout.write(f"scripts/{name}", f'#!/bin/sh\necho {name} >> "{checkout.calls}"\nexit {code}\n')
    assert checkout.run("bash", ".ci/run").returncode == expected
    assert checkout.said.split() == ["check", "test", *(["test"] if tests == 1 else [])]


def test_ci_tries_what_failed_once_more_alone(checkout):
    shutil.copytree(ROOT / ".ci", checkout.folder / ".ci")
    checkout.write("scripts/check", "#!/bin/sh\n")
    checkout.write(
        "scripts/test", f'#!/bin/sh\necho "test $PORTAL_TEST_PROCESSES $*" >> "{checkout.calls}"\n[ "$PORTAL_TEST_PROCESSES" = 0 ]\n'
    )
    assert checkout.run("bash", ".ci/run").returncode == 0
    assert checkout.said.splitlines() == ["test  ", "test 0 --last-failed --last-failed-no-failures=none"]


def test_locks_hold_every_dependency_with_digests_and_name_no_host():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    wanted = {
        "run": project["project"]["dependencies"],
        "trial": [*project["project"]["dependencies"], *groups["trial"]],
        "develop": [*project["project"]["dependencies"], *groups["trial"], *groups["test"], *groups["check"]],
    }
    for name, dependencies in wanted.items():
        text = (ROOT / "requirements" / f"{name}.lock").read_text()
        pins = set(re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==", text, re.MULTILINE))
        assert {re.match(r"[A-Za-z0-9-]+", dependency).group().lower() for dependency in dependencies} <= pins
        assert text.count("==") <= text.count("--hash=sha256:")
        assert "://" not in text


def test_smaller_locks_hold_what_the_larger_ones_do():
    pins = {name: set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / f"{name}.lock").read_text(), re.MULTILINE)) for name in LOCKS}
    assert pins["run"] < pins["trial"] < pins["develop"]


def test_image_installs_the_debian_packages_of_a_run():
    script = re.search(r"sed -n '(.*)' scripts/apt-packages.txt", (ROOT / "Dockerfile").read_text()).group(1)
    chosen = subprocess.run(["sed", "-n", script, "scripts/apt-packages.txt"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(chosen.stdout.split()) == packages("run")
