"""The QR codes of a scan that somebody uploaded, read in a process of its own."""

import json
import logging
import subprocess
import sys
from pathlib import Path

logger = logging.getLogger(__name__)
READER = Path(__file__).with_name("scan_reader.py")
PATIENCE = 30  # seconds; a page takes a third of one


def codes_in(content: bytes) -> list[str]:
    """The texts of the QR codes on the first ten pages of a PDF, or in a JPEG or PNG; none where it cannot be read, whatever the reason.

    The file may be hostile: see `scan_reader`. Nobody waits longer than half a minute.
    """
    try:
        reader = subprocess.run([sys.executable, "-I", READER], input=content, capture_output=True, check=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        logger.warning("A scan of %s bytes took longer than %s seconds to read.", len(content), PATIENCE)
        return []
    except subprocess.CalledProcessError as failure:
        logger.warning("A scan of %s bytes could not be read: %s", len(content), failure.stderr[-300:].decode(errors="replace"))
        return []
    codes: list[str] = json.loads(reader.stdout)
    return codes
