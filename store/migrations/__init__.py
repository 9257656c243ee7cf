"""The database's history: each version is a step that Alembic applies once, in order, when the store is opened."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from store.engine import writing

FOLDER = Path(__file__).resolve().parent


def upgrade_database(engine: Engine) -> None:
    """Bring the tables to the newest version in one transaction; two programs that start together take turns."""
    with writing(engine) as connection:
        version = _read_version(connection)
        if version == newest_version():
            return
        # Alembic is loaded only where a step is missing: most starts of the program find none.
        from store.migrations.upgrade import upgrade

        upgrade(connection, version)


def newest_version() -> str:
    """The version this program's tables are at: the number in the name of the last step."""
    return max(step.name[1:5] for step in (FOLDER / "versions").glob("v[0-9]*.py"))


def _read_version(connection: Connection) -> str | None:
    """None for a database without tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
