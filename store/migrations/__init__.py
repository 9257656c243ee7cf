"""The database's history: each version is a step that Alembic applies once, in order, when the store is opened."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from store.engine import writing
from store.records import StoreError

FOLDER = Path(__file__).resolve().parent


def upgrade_database(engine: Engine) -> None:
    """Bring the tables to the newest version in one transaction; two programs that start together take turns."""
    with writing(engine) as connection:
        if not _is_current(connection):
            configuration = _configuration()
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    return configuration


def _is_current(connection: Connection) -> bool:
    scripts = ScriptDirectory.from_config(_configuration())
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(f"The database is at version {current}, newer than this program: install the newer program.")
    return current == scripts.get_current_head()
