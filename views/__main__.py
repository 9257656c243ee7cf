"""`python -m views [options of streamlit run]`: the app, with what every page needs loaded before the first one is asked for.

`streamlit run app.py` loads it when somebody opens a page, who then waits for it.
"""

import sys
from importlib import import_module
from pathlib import Path

import altair
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from store import open_store
from views.memory import settle_memory

# Nothing of views: a cache or a component that is made before the server runs would belong to no server.
LOADED = (
    "decision.engine",
    "store",
    "imaging.dicom",
    "imaging.measure",
    "imaging.render",
    "imaging.nifti",
    "SimpleITK",
)


def main(options: list[str]) -> None:
    """Load, then serve until stopped."""
    for module in LOADED:
        import_module(module)
    # Whatever the knowledge made stale is assessed now, not while somebody waits for the first page.
    with open_store() as store:
        store.fetch_worklist()
    altair.Chart(altair.Data(values=[])).mark_bar().encode(x="a:Q", y="b:N").to_dict()
    settle_memory()
    # Else the very first page is drawn beside Streamlit's own list of pages, in a sidebar that keeps that list's width.
    PagesManager.uses_pages_directory = False
    cli.main(["run", str(Path(__file__).resolve().parent.parent / "app.py"), *options])


if __name__ == "__main__":
    main(sys.argv[1:])
