"""How stylesheets and scripts are served: each kind as one file, under a hashed name, compressed beforehand (ADR 5)."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLES = {
    "portal.css": (
        "bootstrap/css/bootstrap-reboot.min.css",
        "bootstrap/css/bootstrap-grid.min.css",
        "css/tokens.css",
        "css/base.css",
        "css/components.css",
        "css/pages.css",
        "css/print.css",
    ),
    "portal.js": ("django_htmx/htmx-2.min.js", "js/page.js", "js/forms.js", "js/time.js", "js/uploads.js"),
}
FOR_PAPER = {"css/print.css"}
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/|^//# sourceMappingURL=.*$", re.MULTILINE)


class BundleFinder(BaseFinder):
    """Puts the parts of a bundle one behind the other, anew whenever it is asked: the parts are small, and none can be out of date."""

    def check(self, **_options: Any) -> list[Any]:
        return []

    def find(self, path: str, **options: Any) -> Any:  # type: ignore[override]  # as the finders that Django ships
        found = [str(_written(path))] if path in BUNDLES else []
        return found[0] if found and not options.get("find_all") else found

    def list(self, _ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in BUNDLES:
            yield name, FileSystemStorage(_written(name).parent)


def _written(name: str) -> Path:
    """Replaced in one step: another process may be reading it."""
    folder = Path(settings.DATA_DIR) / "bundles"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, encoding="utf-8", delete=False) as draft:
        draft.write("\n".join(_part(each) for each in BUNDLES[name]))
    whole = Path(draft.name)
    whole.chmod(0o644)
    return whole.replace(folder / name)


def _part(name: str) -> str:
    path = finders.find(name)
    if not path:
        raise FileNotFoundError(name)
    text = SOURCE_MAP.sub("", Path(path).read_text(encoding="utf-8")).strip()
    return f"@media print {{\n{text}\n}}" if name in FOR_PAPER else text


class AssetStorage(CompressedManifestStaticFilesStorage):
    """With gzip, and in production with brotli too: that takes twelve seconds of processor time, which a demonstration would wait for."""

    def create_compressor(self, **options: Any) -> Compressor:
        return Compressor(use_brotli=settings.PRODUCTION, **options)
