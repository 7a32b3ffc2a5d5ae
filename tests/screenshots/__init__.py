"""A contact sheet of the whole product, made from a running demonstration."""
