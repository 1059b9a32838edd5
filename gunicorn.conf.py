"""How does the web server run: threads over one database, and beside SQLite also the worker's jobs."""

import os
from typing import TYPE_CHECKING

from config import Settings

if TYPE_CHECKING:
    from gunicorn.workers.gthread import ThreadWorker

settings = Settings.from_env(os.environ)

wsgi_app = "wsgi:app"
bind = f"127.0.0.1:{settings.port}"
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 20
# Behind a proxy that keeps its own connections; long keep-alive lets one worker own them all.
keepalive = 2
control_socket_disable = True
accesslog = None  # the application logs one line per request, without what people typed

# One process may write to an SQLite file; the demo is one process so that it needs nothing beside it.
is_alone = settings.is_sqlite or settings.is_demo
if is_alone:
    workers = 1
# Otherwise WEB_CONCURRENCY says how many; gunicorn reads it by itself.


def post_worker_init(worker: "ThreadWorker") -> None:
    """Start the recurring jobs inside the one process; after the fork, since threads do not survive it."""
    if not is_alone:
        return
    # Imported here: the settings above are read, and refused, before the application is loaded.
    from hotline.cli.worker import start_jobs  # noqa: PLC0415 - see above

    worker.hotline_jobs = start_jobs(worker.app.wsgi())


def worker_exit(_server: object, worker: "ThreadWorker") -> None:
    """Let a job in flight end before the process does."""
    jobs = getattr(worker, "hotline_jobs", None)
    if jobs is not None:
        jobs.shutdown(wait=True)
