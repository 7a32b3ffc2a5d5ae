"""The only writers of files: `keeping` of bytes under their digest, `uploads` in parts, `scanning` for malware."""

from pilotportal.files.services.keeping import Refused, store, store_upload

__all__ = ["Refused", "store", "store_upload"]
