"""The portal as an installation serves it: assets collected under hashed names and compressed, pages through the whole middleware."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings


def without_handler(application: object) -> object:
    """WhiteNoise serves the assets, not the test server."""
    return application


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Yields the origin. The database must be open to threads meanwhile."""
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "pilotportal.assets.AssetStorage"},
    }
    with override_settings(STATIC_ROOT=folder, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
        server = LiveServerThread("127.0.0.1", static_handler=without_handler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        try:
            if server.error:
                raise server.error
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.terminate()
