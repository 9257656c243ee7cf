"""REDCap in, in a browser with an empty store: from files with faults, then the same from the project's own API."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from exchange.redcap_dictionary import write_dictionary
from tests.browser.board import Board
from tests.browser.conftest import find_log, run_server, visit
from tests.exchange.redcap_trial import make_hospital_dictionary, plant_faults
from tests.exchange.web_redcap import TOKEN, WebRedcap, serve_redcap

pytestmark = pytest.mark.browser
PLANTED = plant_faults(60, 11)
GOOD = len(PLANTED.good)
ROWS = f"= {GOOD} good + {60 - GOOD} refused + 0 left out"


@pytest.fixture
def board(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Board]:
    """A server with an empty store and a REDCap project beside it."""
    log = find_log("redcap-server")
    with (
        serve_redcap(WebRedcap(make_hospital_dictionary(), PLANTED.content)) as project,
        run_server(tmp_path / "data", log, REDCAP_URL=project.address, REDCAP_TOKEN=TOKEN) as address,
        visit(browser, address, log, request.node.name) as opened,
    ):
        yield opened
    assert TOKEN not in log.read_text(encoding="utf-8", errors="replace")


def test_faults_are_shown_the_good_rows_imported_and_the_same_again_changes_nothing(
    board: Board, tmp_path: Path
) -> None:
    dictionary, records = tmp_path / "dictionary.csv", tmp_path / "records.csv"
    dictionary.write_bytes(write_dictionary(make_hospital_dictionary()))
    records.write_bytes(PLANTED.content)
    board.open("/import_export")
    board.upload(dictionary, 0)
    board.see("Taken in: 8 of 11 fields")
    board.upload(records, 1)
    board.see(ROWS, f"{GOOD} new, 0 changed")
    board.see_in_table("“3” is not a code of this field; they are 1 Female, 2 Male")
    board.step("dry run")
    board.write("Your name or initials", "AB")
    board.write("Why", "monthly export")
    board.toggle(board.main.get_by_text("Leave out"))
    board.press(f"Import {GOOD} patients")
    board.see_notice(f"{GOOD} records imported")
    board.press("Fetch from REDCap")
    board.see("Fetched from 127.0.0.1", ROWS, f"0 new, 0 changed, {GOOD} unchanged", "there is nothing to import")
    board.step("again")
