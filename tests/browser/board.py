"""What somebody in front of the app can do: open a page, read, click, type, choose, upload; each step is photographed."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

from tests.browser.talk import Talk

Seen = TypeVar("Seen")
HERE = ("127.0.0.1", "localhost")
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
# Opened below a page's own address, Streamlit first looks for its server there, is told 404, and asks one level up.
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")
ROW_PX = 35
HAND_MS = 120
GLANCE_MS = 50
TALLEST_PX = 6000
DRAWN_WITHIN_S = 120.0
# The browser's own clock: what a click set off in the page at once has gone to the server when this has passed.
BREATH = "milliseconds => new Promise(done => setTimeout(done, milliseconds))"
AT_ONCE_MS = 100
# Sliders, charts and tables ask only when the hand has rested for up to 200 ms.
RESTED_MS = 300
# A message at the edge goes after four seconds, on a loaded machine before anybody has looked.
KEEP_NOTICES = """
window.noticed = new Set();
new MutationObserver(() => {
  for (const notice of document.querySelectorAll("[data-testid='stToast']")) window.noticed.add(notice.textContent);
}).observe(document, {childList: true, subtree: true, characterData: true});
"""


class Board:
    """One visit to the app. `strangers`: requests to other machines; `complaints`: errors in the browser's console."""

    def __init__(self, page: Page, address: str, output: Path, name: str) -> None:
        self.page = page
        self.address = address
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        self._talk = Talk(page)
        self._photo = str(output / re.sub(r"[^\w-]+", "_", name.removeprefix("test_")).strip("_"))
        self._steps = 0
        page.add_init_script(KEEP_NOTICES)
        page.on("request", self._note_request)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE:
            self.strangers.append(request.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not PROBE.search(message.location["url"]):
            self.complaints.append(f"{message.text} {message.location['url']}")

    def open(self, path: str = "/") -> None:
        """Type an address, as from a bookmark."""
        self._talk.forget()
        self.page.goto(f"{self.address}{path}")
        self.settle()

    def reload(self) -> None:
        self._talk.forget()
        self.page.reload()
        self.settle()

    def go(self, title: str) -> None:
        """Choose a page in the navigation."""
        self.page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
        self.settle()

    def click(self, place: Locator) -> None:
        """Click on something that asks the server, such as a button, and wait for the answer."""
        with self.asking():
            place.click()

    def toggle(self, place: Locator) -> None:
        """Click on something that may be the browser's own matter, such as a closed box."""
        place.click()
        self.settle()

    def settle(self) -> None:
        """Wait until the server has answered everything asked and the page shows it, and see that nothing broke."""
        self.page.evaluate(BREATH, AT_ONCE_MS)
        self._wait_for(lambda: self._talk.answered, "the server has not drawn the page")
        self.page.wait_for_selector(IDLE, timeout=DRAWN_WITHIN_S * 1000)
        expect(self.page.locator("[data-stale='true']")).to_have_count(0)
        expect(self.page.get_by_test_id("stException")).to_have_count(0)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """What is done within asks the server something, perhaps a little later (charts, tables, sliders); it is answered."""
        before = self._talk.asked
        yield
        self._wait_for(lambda: self._talk.asked > before, "nothing was asked of the server")
        self.settle()

    def slide(self, slider: Locator, *keys: str) -> None:
        """Press keys on a slider, which asks once or several times, and wait for the last answer."""
        with self.asking():
            for key in keys:
                slider.press(key)
            self.page.evaluate(BREATH, RESTED_MS)

    def _wait_for(self, holds: Callable[[], bool], otherwise: str) -> None:
        until = time.monotonic() + DRAWN_WITHIN_S
        while not holds():
            assert time.monotonic() < until, f"{otherwise} within {DRAWN_WITHIN_S:.0f} s"
            self.page.wait_for_timeout(GLANCE_MS)

    def read(self, look: Callable[[], Seen], wanted: Callable[[Seen], bool], words: str) -> Seen:
        """Look again until what is seen is as wanted (tables and figures are drawn after the page); gives it back."""
        until = time.monotonic() + DRAWN_WITHIN_S
        while not wanted(seen := look()):
            assert time.monotonic() < until, f"not {words} within {DRAWN_WITHIN_S:.0f} s: {seen}"
            self.page.wait_for_timeout(GLANCE_MS)
        return seen

    def step(self, name: str) -> None:
        """Photograph the whole page as it stands when everything is drawn; the page scrolls inside the window."""
        self.settle()
        self._steps += 1
        window = self.page.viewport_size or {"width": 1440, "height": 900}
        height = self.main.evaluate("main => main.scrollHeight")
        self.page.set_viewport_size(
            {"width": window["width"], "height": max(window["height"], min(height, TALLEST_PX))}
        )
        self.page.wait_for_timeout(150)
        self.page.screenshot(path=f"{self._photo}-{self._steps:02d}-{name}.png")
        self.page.set_viewport_size(window)

    @property
    def main(self) -> Locator:
        return self.page.get_by_test_id("stMain")

    @property
    def popover(self) -> Locator:
        """What a button has opened over the page."""
        return self.page.get_by_test_id("stPopoverBody")

    def see(self, *texts: str | re.Pattern[str]) -> None:
        """Each of these stands somewhere on the page, visible."""
        for text in texts:
            expect(self.main.get_by_text(text).filter(visible=True).first).to_be_visible()

    def see_notice(self, text: str) -> None:
        """A message with this text has come up at the edge since the page was opened."""
        self.read(
            lambda: list[str](self.page.evaluate("[...window.noticed]")),
            lambda notices: any(text in notice for notice in notices),
            f"told “{text}”",
        )

    def miss(self, text: str | re.Pattern[str]) -> None:
        expect(self.main.get_by_text(text).filter(visible=True)).to_have_count(0)

    def see_in_table(self, *texts: str) -> None:
        """Each of these stands in a cell of a table of the page."""
        for text in texts:
            expect(self.main.locator("td").filter(has_text=text).first).to_be_attached()

    def press(self, name: str | re.Pattern[str], *, exact: bool = True) -> None:
        self.main.get_by_role("button", name=name, exact=exact).first.click()
        self.settle()

    def switch(self, name: str) -> None:
        """Choose one of several buttons that stand side by side, by the beginning of its name."""
        self.main.get_by_role("radio", name=re.compile(rf"^{re.escape(name)}")).first.click()
        self.settle()

    def write(self, label: str, text: str, number: int = 0) -> None:
        """Type into the field with this label and leave it, no faster than a hand can go on."""
        field = self.page.get_by_label(label, exact=True).nth(number)
        field.fill(text)
        field.press("Tab")
        self.page.wait_for_timeout(HAND_MS)

    def choose(self, box: Locator, text: str, option: str | None = None) -> None:
        """Type into a select box and take the option that is then offered."""
        box.click()
        box.fill(text)
        self.page.get_by_role("option", name=option or text, exact=option is not None).first.click()

    def table(self, number: int = 0) -> Locator:
        return self.main.get_by_test_id("stDataFrame").nth(number)

    def cells(self, table: Locator) -> list[list[str]]:
        """The lines of a table that are drawn, heading first; after a change, look with `read` until it is drawn too."""
        expect(table.locator("canvas td").first).to_be_attached()
        rows: list[list[str]] = table.locator("canvas").first.evaluate(
            "canvas => [...canvas.querySelectorAll('table tr')]"
            ".map(row => [...row.querySelectorAll('th, td')].map(cell => cell.textContent.trim()))"
        )
        return rows

    def click_row(self, table: Locator, row: int) -> None:
        """Click in a line of a table (0 is the first under the heading)."""
        table.scroll_into_view_if_needed()
        place = {"x": 80, "y": ROW_PX * (row + 1) + ROW_PX // 2}
        # The table finds out what lies under the mouse a little after it was scrolled and the mouse came.
        table.hover(position=place)
        self.page.wait_for_timeout(300)
        with self.asking():
            table.click(position=place)

    def upload(self, files: Path | list[Path], number: int = 0) -> None:
        """Give files to an upload box."""
        with self.asking():
            self.page.get_by_test_id("stFileUploaderDropzoneInput").nth(number).set_input_files(files)
