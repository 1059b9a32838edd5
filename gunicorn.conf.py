"""How does the web server run: threads over one database, and beside SQLite also the worker's jobs."""

import multiprocessing
import os
import sys
from typing import TYPE_CHECKING

from dotenv import load_dotenv

from config import Settings, SettingsError

if TYPE_CHECKING:
    from gunicorn.workers.gthread import ThreadWorker

load_dotenv()
try:
    settings = Settings.from_env(os.environ)
except SettingsError as error:
    sys.exit(f"Hotline cannot start:\n{error}")

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


def on_starting(_server: object) -> None:
    """Refuse a database that must not be served, whoever starts the server.

    Looked at by a process of its own: code that this one had loaded would not be loaded anew by a reload.
    """
    looking = multiprocessing.get_context("fork").Process(target=_refuse_unfit)
    looking.start()
    looking.join()
    if looking.exitcode:
        sys.exit(1)


def _refuse_unfit() -> None:
    from sqlalchemy import create_engine  # noqa: PLC0415 - see above
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - see above
    from sqlalchemy.orm import Session  # noqa: PLC0415 - see above

    from database import engine_options  # noqa: PLC0415 - see above
    from hotline.services.start_checks import find_start_faults  # noqa: PLC0415 - see above
    from sealing import configure_sealing  # noqa: PLC0415 - see above

    configure_sealing(settings.sealing_keys)
    engine = create_engine(settings.database_url, **engine_options(settings.database_url))
    try:
        with Session(engine) as session:
            session.connection(execution_options={"reads_only": True})
            faults = list(find_start_faults(session))
    except DBAPIError as error:
        faults = [f"DATABASE_URL: {error.orig}"]
    if faults:
        sys.exit("\n".join(["Hotline cannot start:", *faults]))


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
