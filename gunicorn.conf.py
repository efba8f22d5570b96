"""How gunicorn serves the project. It finds this file by itself in the working folder.

Used by deploy/antq.service, the bench of the served program and the kill tests alike; what was measured stands in
docs/decisions/0030-the-worker.md. BIND and WORKERS are read from the environment; behind deploy/antq.socket the door is
systemd's.
"""

import gc
import os
from typing import Any

wsgi_app = "antq.wsgi"
bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WORKERS", 2 * (os.cpu_count() or 1) + 1))
worker_class = "sync"
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a beat on a slow disk looks like a hang
preload_app = True
max_requests, max_requests_jitter = 20_000, 5_000
timeout = 60
graceful_timeout = 30
control_socket_disable = (
    True  # a door that nobody uses: it lay in the account's home, which the service may not write to
)
YOUNG = 2_000
"""How many objects are made before the youngest are looked through; Python's own 700 finds little and looks often."""


def when_ready(server: Any) -> None:
    """Load what the first request would, then let nothing of it be looked through again, nor copied by a worker.

    Nothing of the database is kept across the fork: a connection belongs to one process.
    """
    from django.db import connections
    from django.urls import get_resolver

    get_resolver().reverse("home")
    connections.close_all()
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Freeze what a worker made while it started; look through what is young less often.

    What takes longer than ``timeout`` and tells of it line by line is no hang.
    """
    from communes import telling

    if worker is not None:  # whoever only reads this file has none
        telling.beat = worker.notify
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
