import gzip
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings


@pytest.mark.parametrize(("production", "suffixes"), [(False, {".gz"}), (True, {".gz", ".br"})])
def test_what_is_collected_is_compressed_and_named_by_its_content(
    settings: Settings, tmp_path: Path, production: bool, suffixes: set[str]
) -> None:
    (tmp_path / "source" / "css").mkdir(parents=True)
    (tmp_path / "source" / "css" / "long.css").write_text(".a { color: red; }\n" * 200)
    settings.PRODUCTION, settings.STATIC_ROOT, settings.STATICFILES_DIRS = production, tmp_path / "collected", [tmp_path / "source"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "pilotportal.assets.AssetStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    made = sorted((tmp_path / "collected" / "css").glob("long.*.css*"))
    assert {path.suffix for path in made} == suffixes | {".css"}
    (compressed,) = [path for path in made if path.suffix == ".gz"]
    assert gzip.decompress(compressed.read_bytes()) == (tmp_path / "source" / "css" / "long.css").read_bytes()
