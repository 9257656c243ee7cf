"""The start of the app: what every page needs is loaded, then Streamlit serves the router with the options given."""

import sys

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

from views.__main__ import LOADED, main


def test_the_app_is_served_with_the_options_after_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(cli, "main", asked.append)
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    main(["--server.port", "8600"])
    (command,) = asked
    assert command[0] == "run" and command[1].endswith("app.py")
    assert command[2:] == ["--server.port", "8600"]
    assert PagesManager.uses_pages_directory is False, "the first page would be drawn without the router"
    assert set(LOADED) <= set(sys.modules)
