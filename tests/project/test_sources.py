"""What no file of the project may hold, and what every one of its kind has."""

import ast
import re
import subprocess
import tomllib
from enum import Enum
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CODE = ("pilotportal", "applications", "review", "reporting")
MOST_LINES = 400
TEXT = {".py", ".html", ".txt", ".css", ".js", ".svg", ".md", ".toml", ".yml", ".yaml", ".json", ".conf", ".tsv", ""}
ADDRESS = re.compile(r"https?://([\w.-]+)", re.IGNORECASE)
NAMESPACES = {
    "www.w3.org": "names of SVG and XML, which nobody fetches",
    "www.aiim.org": "names of PDF/A and PDF/UA in the files' metadata",
    "schemas.openxmlformats.org": "names of the parts of workbooks that are read",
    "localhost": "the trial's own machine",
}
LEFT_TO_DO = re.compile("|".join(("TO" + "DO", "FIX" + "ME", r"\bXX" + r"X\b", r"\bHA" + r"CK\b")))
OF_A_MACHINE = re.compile(r"(?<![\w.}$*-])/(?:root|home|Users)/\w")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.suffix in TEXT and path.is_file() and "requirements" not in path.parts]


FILES = tracked()
SHIPPED = [path for path in FILES if path.relative_to(ROOT).parts[0] in {*CODE, "templates", "static"}]
MODULES = [path for path in SHIPPED if path.suffix == ".py" and "migrations" not in path.parts]


def offenders(paths: list[Path], pattern: re.Pattern[str]) -> list[str]:
    return [f"{path.relative_to(ROOT)}: {match.group()}" for path in paths for match in pattern.finditer(path.read_text(encoding="utf-8"))]


def test_nothing_is_left_to_do():
    assert offenders(FILES, LEFT_TO_DO) == []


def test_no_file_knows_a_machine():
    assert offenders(FILES, OF_A_MACHINE) == []


def test_no_shipped_file_names_another_host():
    """Government networks have no way out; a name of a namespace is no address."""
    named = {host.lower() for path in SHIPPED for host in ADDRESS.findall(path.read_text(encoding="utf-8"))}
    assert named - NAMESPACES.keys() == set()


@pytest.mark.parametrize(
    ("pattern", "text"), [(LEFT_TO_DO, "# TO" + "DO: later"), (OF_A_MACHINE, "cd /ro" + "ot/x"), (ADDRESS, "HTTPS://cdn.example/a")]
)
def test_the_searches_find_what_they_look_for(pattern, text):
    assert pattern.search(text)


@pytest.mark.parametrize(
    "path", [path for path in MODULES if len(path.read_text().splitlines()) > MOST_LINES // 2], ids=lambda path: path.name
)
def test_modules_stay_small(path):
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_every_dependency_says_why_it_is_here():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    names = [name for group in groups for name in group]
    silent = [name for name in names if not re.search(rf'^\s*"{re.escape(name)}",\s+# \w', text, re.MULTILINE)]
    assert names
    assert silent == []


def refusals() -> list[type[Enum]]:
    return [
        import_module(f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}").Refusal
        for path in MODULES
        if path.name == "enums.py" and re.search(r"^class Refusal", path.read_text(), re.MULTILINE)
    ]


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: kind.__module__)
def test_every_refusal_is_given_somewhere(kind):
    """A sentence that no rule says is a rule that is gone, or one that was forgotten."""
    room = ROOT / Path(*kind.__module__.split(".")[:-1])
    names = {
        node.attr
        for path in room.rglob("*.py")
        if path.name != "enums.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert [member.name for member in kind if member.name not in names] == []


# Mathematics that no page shows yet; each is held against a second way to the same answer in tests/review/methods.
NOT_YET_ON_A_PAGE = {"spreads", "reliability", "severities", "outliers", "settle_by_draw", "supply_and_demand"}


def names_used() -> set[str]:
    """In the code, also as the text of a dotted path, and in the templates, which call by name."""
    nodes = [node for path in MODULES for node in ast.walk(ast.parse(path.read_text()))]
    names = {node.id for node in nodes if isinstance(node, ast.Name)} | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    named_as_text = {node.value.rsplit(".", 1)[-1] for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    templates = " ".join(path.read_text() for path in SHIPPED if path.parts[len(ROOT.parts)] == "templates")
    return names | named_as_text | set(re.findall(r"\w+", templates))


def test_every_function_is_called_by_something_other_than_a_test():
    """Those with a decorator are called by what they are registered with."""
    used = names_used()
    functions = [
        node.name
        for path in MODULES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list
    ]
    assert {name for name in functions if name not in used} == NOT_YET_ON_A_PAGE


FORM = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL | re.IGNORECASE)


@pytest.mark.parametrize(
    "path", [path for path in SHIPPED if path.suffix == ".html" and FORM.search(path.read_text())], ids=lambda path: path.name
)
def test_every_form_that_writes_is_protected_from_other_sites(path):
    assert [form for form in FORM.findall(path.read_text()) if "{% csrf_token %}" not in form] == []
