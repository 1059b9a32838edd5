"""Databases whose commits succeed without saying so: a proxy that cuts PostgreSQL's reply, a hook behind SQLite's."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Engine, create_engine

from database import engine_options

CHANCE = 0.3


@contextmanager
def losing_engine(engine: Engine, seed: int) -> Iterator[tuple[Engine, list[int]]]:
    """An engine on the same database that hears nothing of some commits, and a list that grows by each of them."""
    lost: list[int] = []
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    if engine.dialect.name == "sqlite":
        losing = create_engine(engine.url, **engine_options(str(engine.url)))
        commit = losing.dialect.do_commit

        def do_commit(connection: Any) -> None:
            commit(connection)
            if chance.random() < CHANCE:
                lost.append(1)
                raise sqlite.OperationalError("the answer was lost")  # noqa: TRY003, EM101 - a stand-in

        losing.dialect.do_commit = do_commit  # type: ignore[method-assign, assignment]  # on purpose
        yield losing, lost
        losing.dispose()
        return
    with Proxy(_server_of(engine), chance, lost) as port:
        url = engine.url.set(host="127.0.0.1", port=port).difference_update_query(["host"])
        losing = create_engine(url, **engine_options(url.render_as_string(hide_password=False)))
        yield losing, lost
        losing.dispose()


def _server_of(engine: Engine) -> tuple[int, Any]:
    host = str(engine.url.query.get("host") or engine.url.host)
    port = engine.url.port or 5432
    if host.startswith("/"):
        return socket.AF_UNIX, f"{host}/.s.PGSQL.{port}"
    return socket.AF_INET, (host, port)


class Proxy:
    """Passes everything on, but for the reply to some commits, instead of which the connection ends."""

    def __init__(self, server: tuple[int, Any], chance: random.Random, lost: list[int]) -> None:
        self._server = server
        self._chance = chance
        self._lost = lost

    def __enter__(self) -> int:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return int(self._listener.getsockname()[1])

    def __exit__(self, *_error: object) -> None:
        # Wakes whoever accepts; closing alone would not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                family, address = self._server
                server = socket.socket(family, socket.SOCK_STREAM)
                server.connect(address)
                doomed = threading.Event()
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(*ends, doomed, client), daemon=True).start()

    def _pass_on(
        self, source: socket.socket, target: socket.socket, doomed: threading.Event, client: socket.socket
    ) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source is client and b"COMMIT" in data and self._chance.random() < CHANCE:
                    doomed.set()
                    self._lost.append(1)
                elif source is not client and doomed.is_set():
                    break  # the server has answered: the commit is done, and nobody hears of it
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
