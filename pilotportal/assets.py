"""How stylesheets and scripts are kept for serving: under hashed names, and compressed beforehand."""

from typing import Any

from django.conf import settings
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):
    """With gzip, and in production with brotli too: that takes twelve seconds of processor time, which a demonstration would wait for."""

    def create_compressor(self, **options: Any) -> Compressor:
        return Compressor(use_brotli=settings.PRODUCTION, **options)
