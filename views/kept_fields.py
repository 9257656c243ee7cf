"""Fields of a form whose contents stay until they are kept, also while another page is looked at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from views import state
from views.words import escape

ABSENT = "absent"
TURNS, RELEASED = "kept_fields_turns", "kept_fields_released"


@dataclass(frozen=True)
class Fields:
    """The fields whose keys begin with `start`; each method draws one in a place (a column, a container)."""

    start: str

    def fill(self, values: Mapping[str, Any]) -> None:
        """What stands in the fields before anybody typed; what was typed stays."""
        for name, value in values.items():
            if state.widget_value(self._key(name), ABSENT) == ABSENT:
                state.set_widget(self._key(name), value)

    def clear(self) -> None:
        """Empty fields from the next drawing on: under new keys, for the browser keeps what stands under the old ones."""
        state.drop_widgets(self.start)
        turns = state.draft(TURNS)
        turns[self.start] = turns.get(self.start, 0) + 1

    def text(self, place: Any, name: str, label: str, hint: str = "", explain: str | None = None) -> str:
        typed = place.text_input(
            label, key=self._key(name), placeholder=hint, help=explain, persist_state="session", width="stretch"
        )
        return str(typed or "").strip()

    def choose(
        self,
        place: Any,
        name: str,
        label: str,
        options: Sequence[str],
        say: Callable[[str], str] = str,
        hint: str = "not known",
    ) -> str | None:
        """One of many; none chosen is not known, or for the caller to refuse."""
        chosen: str | None = place.selectbox(
            label,
            options,
            index=None,
            format_func=say,
            placeholder=hint,
            key=self._key(name),
            persist_state="session",
        )
        return chosen

    def pick(
        self, place: Any, name: str, label: str, options: Sequence[str], say: Callable[[str], str] = str
    ) -> str | None:
        """One of a few that stand side by side; none picked is not known."""
        chosen: str | None = place.segmented_control(
            label, options, format_func=say, key=self._key(name), persist_state="session"
        )
        return chosen

    def _key(self, name: str) -> str:
        turn = state.draft(TURNS).get(self.start, 0)
        return f"{self.start}{name}" + (f"_{turn}" if turn else "")


def release_choice(key: str) -> None:
    """Nothing shall be chosen in this widget when the page is drawn next."""
    state.draft(RELEASED)[key] = True


def settle_choice(key: str) -> None:
    """To call before the widget is drawn: takes the choice back where it was released."""
    if state.draft(RELEASED).pop(key, False):
        state.set_widget(key, None)


def show_wrong(wrong: Sequence[str]) -> None:
    """Why nothing was kept, a line each; with several they stand as a list."""
    if len(wrong) == 1:
        st.error(f"Not kept. {escape(wrong[0])} Nothing you typed is lost.", icon=":material/error:")
        return
    lines = "\n".join(f"- {escape(says)}" for says in wrong)
    st.error(f"Not kept; nothing you typed is lost:\n{lines}", icon=":material/error:")
