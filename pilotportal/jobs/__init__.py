"""Work that takes time, as rows: requested, running n of m, ready or failed."""
