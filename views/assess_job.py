"""Many patients being assessed beside the pages, which stay usable; can be stopped, and goes on where it stopped. No Streamlit."""

from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from store import Store

PART = 10  # so many are assessed and kept at a time: what a stop at most throws away


@dataclass
class AssessJob:
    """The assessing of everybody who has no present assessment: `of` when it began, `left` now; `error` in a sentence."""

    store: Store
    of: int = 0
    left: int = 0
    running: bool = False
    error: str | None = None
    _stop: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it: it does not begin by itself then."""
        return self._stop.is_set()

    def start(self, waiting: int) -> None:
        """Begin, unless it is running."""
        with self._lock:
            if self.running:
                return
            self.of = self.left = waiting
            self.running, self.error = True, None
            self._stop.clear()
        # A daemon: a server that is shut down does not wait for it, and what is kept is kept.
        Thread(target=self._run, name="assess", daemon=True).start()

    def stop(self) -> None:
        """End it after the patients of this moment; everything assessed so far is kept."""
        self._stop.set()

    def _run(self) -> None:
        try:
            while not self._stop.is_set() and (found := self.store.assess_some(PART)):
                self.left = max(found - PART, 0)
                self.of = max(self.of, self.left)
        except Exception as mistake:  # a thread has nobody to tell: the page says it instead
            self.error = f"The patients could not all be assessed ({type(mistake).__name__}); those done are kept."
            self._stop.set()
        self.running = False
