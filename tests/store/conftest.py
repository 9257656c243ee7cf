"""A store to test on: SQLite in a temporary folder, and a real PostgreSQL started for the session."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import store.assessments
from decision.assessment import (
    Assessment,
    Flag,
    NextTest,
    Pathway,
    Prior,
    Reason,
    SiteProbability,
    SubtypeProbability,
)
from decision.case import Case
from store import Store, open_store

INSTALL = "PostgreSQL is not installed: apt-get install postgresql (its programs are looked for in /usr/lib/postgresql)"


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    return found[-1].parent


def _as_postgres(command: list[str]) -> None:
    # PostgreSQL refuses to run as root, so root lends it the account that Debian made for it.
    account = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*account, *command], capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    programs = _postgres_programs()
    folder = Path(tempfile.mkdtemp(prefix="cushing-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = str(folder / "data")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"
    start = [str(programs / "initdb"), "-D", data, "-U", "cushing", "-A", "trust", "-E", "UTF8", "--locale=C"]
    try:
        _as_postgres(start)
        _as_postgres([str(programs / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start"])
        yield f"postgresql://cushing@127.0.0.1:{port}/postgres"
    finally:
        _as_postgres([str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _empty_postgresql(address: str) -> str:
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'cushing.db'}"
    return _empty_postgresql(request.getfixturevalue("postgresql_server"))


@pytest.fixture
def opened(address: str) -> Iterator[Store]:
    with open_store(address) as opened:
        yield opened


class StandIn:
    """In place of the engine: answers at once, counts how often it was asked, and what it knows can be changed."""

    def __init__(self) -> None:
        self.version = "stand-in 1"
        self.asked: list[Case] = []

    def assess(self, case: Case) -> Assessment:
        self.asked.append(case)
        return assess_plainly(case, self.version)


def assess_plainly(case: Case, version: str) -> Assessment:
    return Assessment(
        case_id=case.case_id,
        knowledge_version=version,
        subtypes=(SubtypeProbability("CD", 0.9, 0.8, 0.95), SubtypeProbability("EAS", 0.1, 0.05, 0.2)),
        groups={"cushing": 0.99, "acth_dependent": 0.97},
        prediction_set=("CD",),
        abstain=None if case.results else "nothing is known yet",
        sites=(SiteProbability("pituitary", 1.0),),
        reasons=(
            Reason("ACTH 31 pg/mL", "CD", "CPA", 4.0, "says", "source", "verified", "acth"),
            Reason("Potassium 4.1 mmol/L", "EAS", "CD", -2.0, "says", "source", "verified", "potassium"),
            Reason("UFC 12×ULN", "EAS", "CD", 9.0, "says", "source", "verified", "ufc"),
            Reason("MRI lesion 7 mm", "CD", "EAS", 8.0, "says", "source", "verified", "mri"),
            Reason("DOTATATE negative", "CD", "EAS", 0.0, "says", "source", "none", "dotatate"),
        ),
        voided=(),
        missing=("ipss_stimulated_ratio",),
        conflicts=("MRI and DOTATATE disagree",),
        next_tests=(NextTest("ipss_stimulated_ratio", 0.42, "EAS", "invasive"),),
        flags=(Flag("urgent", "Replace potassium first", "source"), Flag("note", "Pregnant?", "source")),
        pathway=Pathway("confirm", ("screen",), "ipss"),
        weight_by_grade={"verified": 12.0, "expert": 0.0},
        questions=(),
        prior=Prior("referred_adult", "says", "source", "expert"),
    )


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    engine = StandIn()
    monkeypatch.setattr(store.assessments, "assess_case", engine.assess)
    monkeypatch.setattr(store.assessments, "read_knowledge_version", lambda: engine.version)
    return engine


@pytest.fixture(scope="module")
def postgresql_store(postgresql_server: str) -> Iterator[Store]:
    """One PostgreSQL store for a whole module, for tests that draw many examples."""
    with open_store(_empty_postgresql(postgresql_server)) as opened:
        yield opened
