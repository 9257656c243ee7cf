"""What every test may ask for: the folder of shared reference data, when it lies beside the project."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

PROJECT = Path(__file__).resolve().parent.parent

# How long an example takes says how busy the machine is, nothing else. In CI the same examples are drawn each time, so that
# a change is judged by itself; elsewhere every run draws new ones and goes on searching.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("search", UNHURRIED)
settings.register_profile("same examples", UNHURRIED, derandomize=True, database=None)
settings.load_profile("same examples" if os.environ.get("CI") == "true" else "search")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published cases and real PET data beside the project; absent for most people, required in CI."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        reason = "the folder of reference data is not beside the project (../shared)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(autouse=True)
def _own_main() -> Iterator[None]:
    """Streamlit's test runner leaves its script as the main module; a process started later would run it as its own."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
