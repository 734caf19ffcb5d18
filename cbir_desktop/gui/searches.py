"""The saved searches of the library, as the window asks for them; each method returns at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cbir_desktop.gui.question import Narrowing, Question
from cbir_desktop.gui.question_query import from_query, to_query
from cbir_desktop.gui.tasks import Callback, Handle, Tasks
from cbir_desktop.library.saved_searches import SavedSearches
from cbir_desktop.library.session import Session


@dataclass(frozen=True)
class SavedSearch:
    """A pin: its name, what it asks and how its answer is narrowed."""

    name: str
    question: Question
    narrowing: Narrowing


Past = tuple[Question, Narrowing]
Done = Callable[[Sequence[SavedSearch]], None]


class Searches:
    """Every change gives all pins as they are then."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        self._session, self._tasks = session, tasks
        self._saved = SavedSearches(session)

    def pins(self, done: Done, failed: Callback | None = None) -> Handle:
        return self._submit(lambda: None, done, failed)

    def pin(self, name: str, question: Question, narrowing: Narrowing, done: Done, failed: Callback) -> Handle:
        """The pictures of it are kept with it."""

        def keep() -> None:
            self._saved.pin(name, to_query(self._session, question, narrowing))

        return self._submit(keep, done, failed)

    def history(self, done: Callable[[Sequence[Past]], None], failed: Callback) -> Handle:
        """The searches of earlier sessions, the oldest first."""

        def read() -> list[Past]:
            return [from_query(query) for query in reversed(self._saved.history())]

        return self._tasks.submit(self._session.queries, read, done=done, failed=failed)

    def visited(self, question: Question, failed: Callback) -> Handle:
        """A search for the history of the next sessions; its pictures are kept."""

        def keep() -> None:
            self._saved.visited(to_query(self._session, question))

        return self._tasks.submit(self._session.queries, keep, failed=failed)

    def rename(self, old: str, new: str, done: Done, failed: Callback) -> Handle:
        return self._submit(lambda: self._saved.rename(old, new), done, failed)

    def unpin(self, name: str, done: Done) -> Handle:
        return self._submit(lambda: self._saved.unpin(name), done)

    def _submit(self, change: Callable[[], None], done: Done, failed: Callback | None = None) -> Handle:
        def work() -> list[SavedSearch]:
            change()
            return [SavedSearch(pin.name, *from_query(pin.query)) for pin in self._saved.pins()]

        return self._tasks.submit(self._session.queries, work, done=done, failed=failed)
