"""What stays for good is not looked through again by the garbage collector; what comes and goes still is."""

import gc
import sys
import weakref
from collections.abc import Iterator
from types import ModuleType

import pytest

from views import memory


@pytest.fixture(autouse=True)
def melted() -> Iterator[None]:
    yield
    gc.unfreeze()


class Ring:
    """Holds itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_imported_is_passed_by_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.unfreeze()
    monkeypatch.setitem(sys.modules, "imported_by_a_page", ModuleType("imported_by_a_page"))
    monkeypatch.setattr(memory._settled, "modules", 0)
    memory.settle_memory()
    assert gc.get_freeze_count() > 1000


def test_nothing_is_kept_for_good_where_nothing_was_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    memory.settle_memory()
    gc.unfreeze()
    memory.settle_memory()
    assert gc.get_freeze_count() == 0


def test_garbage_made_later_is_still_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory._settled, "modules", 0)
    memory.settle_memory()
    ring = Ring()
    alive = weakref.ref(ring)
    del ring
    gc.collect()
    assert alive() is None
