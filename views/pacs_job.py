"""A study on its way from the PACS: fetched beside the page, which goes on answering. No Streamlit."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread

from exchange.pacs import PacsError, Wanted, fetch_series_files
from exchange.pacs_service import Stop


@dataclass
class PacsJob:
    """One study being fetched into a new `folder` (removed with all in it when the fetch fails or is stopped).

    `patient_id` is the patient for whom it is fetched, None before one is chosen; `says` names the study in a few words.
    """

    wanted: Wanted
    folder: Path
    patient_id: str | None
    says: str
    fetched: int = 0
    of: int = 0
    error: str | None = None
    running: bool = True
    _stop: Stop = field(default_factory=Stop)
    _lock: Lock = field(default_factory=Lock)

    def start(self) -> None:
        """Begin; `running` is true until everything is there, or nothing is."""
        # A daemon: a server that is shut down does not wait for a PACS.
        Thread(target=self._run, name="pacs-fetch", daemon=True).start()

    @property
    def stopped(self) -> bool:
        return self._stop.asked

    def stop(self) -> None:
        """Stop at once; what is already here goes."""
        with self._lock:
            self._stop.ask()
            if not self.running:
                self._remove()

    def _run(self) -> None:
        error = None
        try:
            fetch_series_files(self.wanted, self.folder, self._count, self._stop)
        except PacsError as refusal:
            error = str(refusal)
        except Exception as mistake:  # a thread has nobody to tell: the page says it instead
            error = f"The study could not be fetched ({type(mistake).__name__}), and nothing was kept."
        with self._lock:
            self.error = error
            if error or self.stopped:
                self._remove()
            self.running = False

    def _count(self, fetched: int, of: int) -> None:
        self.fetched, self.of = fetched, of

    def _remove(self) -> None:
        shutil.rmtree(self.folder.parent, ignore_errors=True)
