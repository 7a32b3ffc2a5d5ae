from django.apps import AppConfig
from django.conf import settings

from pilotportal.documents import fonts


class DocumentsConfig(AppConfig):
    name = "pilotportal.documents"
    label = "documents"

    def ready(self) -> None:
        from pilotportal.documents import checks  # noqa: F401, PLC0415 (registers them)

        fonts.configure(own=settings.FONT_DIRS, folder=settings.DATA_DIR / "fontconfig")
