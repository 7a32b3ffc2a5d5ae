"""What the portal prints and exports, built from objects that the caller was allowed to load."""
