"""The web server, in the trial and in the image alike. `WEB_CONCURRENCY` is the number of processes; the image binds to all addresses."""

import os
from pathlib import Path

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8  # as many as the pool has connections
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - the heartbeat's file; on a disk it can block
control_socket_disable = True
timeout = 60
graceful_timeout = 10
keepalive = 5
accesslog = "-"
