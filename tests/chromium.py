"""The browser of the tests: where it is, and what keeps it quiet."""

CHROMIUM = "/usr/bin/chromium"  # the whole browser, which shows a PDF within a page
SHELL = "/usr/bin/chromium-headless-shell"  # the same one without its window: all the rest, for two thirds of the CPU time
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # all pages are ours, and each process that starts costs half a second
    "--disable-site-isolation-trials",
    "--process-per-site",
]
