"""What somebody in front of the app can do: open a page, read, click, type, choose, upload; each step is photographed."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

HERE = ("127.0.0.1", "localhost")
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"
# Opened below a page's own address, Streamlit first looks for its server there, is told 404, and asks one level up.
PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")
ROW_PX = 35
HAND_MS = 120
TALLEST_PX = 6000


class Board:
    """One visit to the app. `strangers`: requests to other machines; `complaints`: errors in the browser's console."""

    def __init__(self, page: Page, address: str, output: Path, name: str) -> None:
        self.page = page
        self.address = address
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        self._photo = str(output / re.sub(r"[^\w-]+", "_", name.removeprefix("test_")).strip("_"))
        self._steps = 0
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
        self.page.goto(f"{self.address}{path}")
        self.settle()

    def go(self, title: str) -> None:
        """Choose a page in the navigation."""
        self.page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
        self.settle()

    def settle(self) -> None:
        """Wait until the server has drawn everything, and see that nothing broke."""
        self.page.wait_for_timeout(150)
        self.page.wait_for_selector(IDLE, timeout=40_000)
        expect(self.page.locator("[data-stale='true']")).to_have_count(0, timeout=20_000)
        expect(self.page.get_by_test_id("stException")).to_have_count(0)

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
            expect(self.main.get_by_text(text).filter(visible=True).first).to_be_visible(timeout=20_000)

    def miss(self, text: str | re.Pattern[str]) -> None:
        expect(self.main.get_by_text(text).filter(visible=True)).to_have_count(0)

    def see_in_table(self, *texts: str) -> None:
        """Each of these stands in a cell of a table of the page."""
        for text in texts:
            expect(self.main.locator("td").filter(has_text=text).first).to_be_attached()

    def press(self, name: str, *, exact: bool = True) -> None:
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

    def cell(self, table: Locator, row: int, column: int) -> str:
        """What stands in a cell of a table (row 0 is the first line under the heading)."""
        return (table.get_by_test_id(f"glide-cell-{column}-{row}").text_content() or "").strip()

    def table(self, number: int = 0) -> Locator:
        return self.main.get_by_test_id("stDataFrame").nth(number)

    def cells(self, table: Locator) -> list[list[str]]:
        """The lines of a table that are drawn, heading first."""
        expect(table.locator("canvas td").first).to_be_attached()
        rows = table.locator("canvas table tr").all()
        return [[(text or "").strip() for text in row.locator("th, td").all_text_contents()] for row in rows]

    def click_row(self, table: Locator, row: int) -> None:
        """Click in a line of a table (0 is the first under the heading)."""
        table.scroll_into_view_if_needed()
        place = {"x": 80, "y": ROW_PX * (row + 1) + ROW_PX // 2}
        # The table finds out what lies under the mouse a little after it was scrolled and the mouse came.
        table.hover(position=place)
        self.page.wait_for_timeout(300)
        table.click(position=place)
        self.settle()

    def upload(self, files: Path | list[Path], number: int = 0) -> None:
        """Give files to an upload box."""
        self.page.get_by_test_id("stFileUploaderDropzoneInput").nth(number).set_input_files(files)
        self.settle()
