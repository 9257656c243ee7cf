"""Every page is entered through the router, whichever address was asked for first.

Streamlit looks for a folder called pages/ and, until the router has run once in the process, runs the page of the first
address alone: without banner and without patient switcher. So the first page hands over to the router, which runs it again.
"""

import runpy
from collections.abc import Callable
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager

from views.memory import settle_memory

ROUTER = Path(__file__).resolve().parent.parent / "app.py"


def enter_page(show: Callable[[], None]) -> None:
    """Draw the page; when Streamlit ran it without the router, run the router, which comes back here."""
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        runpy.run_path(str(ROUTER), run_name="__main__")
    else:
        try:
            show()
        finally:
            settle_memory()
