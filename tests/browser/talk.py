"""What browser and server say to one another: whether everything the page asked for has been answered.

Streamlit marks its page as running only when the server says so. Between a click and that word the page looks idle, on a
loaded machine for seconds; so a test listens to the conversation itself.
"""

from playwright.sync_api import Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Talk:
    """Counts what the page asked for. `asked`: runs wanted by a hand (not by a clock); `answered`: the last is done."""

    def __init__(self, page: Page) -> None:
        self.asked = 0
        self.answered = False
        self._begun = False
        self._socket: WebSocket | None = None
        page.on("websocket", self._listen)

    def forget(self) -> None:
        """The page is about to be left: what its old connection still says no longer counts."""
        self.answered = self._begun = False
        self._socket = None

    def _listen(self, socket: WebSocket) -> None:
        """A new connection is a page drawn afresh."""
        self.forget()
        self._socket = socket
        socket.on("framesent", lambda frame: self._note_question(socket, frame))
        socket.on("framereceived", lambda frame: self._note_answer(socket, frame))

    def _note_question(self, socket: WebSocket, frame: bytes | str) -> None:
        if socket is not self._socket or not isinstance(frame, bytes):
            return
        message = BackMsg.FromString(frame)
        if message.WhichOneof("type") == "rerun_script" and not message.rerun_script.is_auto_rerun:
            self.asked += 1
            self.answered = self._begun = False

    def _note_answer(self, socket: WebSocket, frame: bytes | str) -> None:
        """A run that began after the question and was not broken off for another one answers it."""
        if socket is not self._socket or not isinstance(frame, bytes):
            return
        message = ForwardMsg.FromString(frame)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begun = True
        elif kind == "script_finished" and self._begun:
            self.answered = message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
