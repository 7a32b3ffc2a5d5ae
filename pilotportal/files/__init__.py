"""Files kept by digest: checked by content, never served by path."""
