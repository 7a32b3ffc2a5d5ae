"""Who: divisions, organisations, users with one role each, and how they sign in."""
