"""Where the data lie and how to reach them: SQLite in the data folder, or PostgreSQL when DATABASE_URL says so."""

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from store.records import StoreError

PROJECT = Path(__file__).resolve().parent.parent
BUSY_MS = 15_000
WRITERS_LOCK = 7350707
RIGHT_ADDRESS = "use sqlite:///file or postgresql://user@host/name"


def data_folder() -> Path:
    """The folder of the database and the image volumes: CUSHING_DATA, else var/ in the project. Made when absent."""
    folder = Path(os.environ.get("CUSHING_DATA") or PROJECT / "var").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_database_url(url: str | None) -> str:
    """The address to connect to: `url`, else DATABASE_URL, else SQLite in the data folder; PostgreSQL by psycopg."""
    address = url or os.environ.get("DATABASE_URL") or f"sqlite:///{data_folder() / 'cushing.db'}"
    for prefix in ("postgresql://", "postgres://"):
        if address.startswith(prefix):
            return "postgresql+psycopg://" + address.removeprefix(prefix)
    return address


def connect_database(url: str | None) -> Engine:
    """An engine several threads may use at once. Raises `StoreError` when the address cannot be understood."""
    address = read_database_url(url)
    try:
        dialect = make_url(address).get_backend_name()
        if dialect not in ("sqlite", "postgresql"):
            raise StoreError(f"DATABASE_URL names “{dialect}”: {RIGHT_ADDRESS}.")
        # Errors name the statement but never its values, which are a patient's.
        engine = create_engine(address, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(f"DATABASE_URL is not an address: {RIGHT_ADDRESS}.") from error
    if dialect == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def writing(engine: Engine) -> AbstractContextManager[Connection]:
    """One transaction that writes: all of it is kept, or none. Writers take turns, readers never wait."""
    return engine.execution_options(writes=True).begin()


def reading(engine: Engine) -> AbstractContextManager[Connection]:
    """One transaction that reads: every query in it sees the same moment."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ").begin()
    return engine.begin()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late (before the first change, not the first look), so the store sends it itself.
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {BUSY_MS}", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its place in the queue at once: a reader that turns writer half-way would fail instead of waiting.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    # Writers queue as on SQLite: two that change the same patients in another order would block each other for ever.
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
