"""Reads over both apps below, always through their own `visible_to`."""
