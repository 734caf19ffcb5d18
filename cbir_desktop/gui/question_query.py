"""A question of the window as ``library`` takes it, and back. Run in workers: a pasted picture is written to disk."""

from dataclasses import replace

from cbir_desktop.gui.pictures import pasted_bytes
from cbir_desktop.gui.query import FileSource, KeptSource, PastedSource, PhotoSource, Source
from cbir_desktop.gui.question import Example, Narrowing, Question
from cbir_desktop.library import query
from cbir_desktop.library.kept import example_bytes, keep_bytes
from cbir_desktop.library.session import Session


def to_query(session: Session, question: Question, narrowing: Narrowing | None = None) -> query.SearchQuery:
    """Raises ``DecodeError`` where a picture on the clipboard cannot be read."""
    examples = tuple(_to_example(session, example) for example in question.examples)
    made = query.SearchQuery(examples, question.by, question.blend, question.blend_with)
    if narrowing is None:
        return made
    by = narrowing
    return replace(made, filters=by.filters, threshold=by.threshold, sort=by.sort, reverse=by.reverse)


def from_query(given: query.SearchQuery) -> tuple[Question, Narrowing]:
    """As it stands in the bar."""
    examples = tuple(
        Example(KeptSource(one.path, one.hash), one.minus, one.weight, one.region) for one in given.examples
    )
    question = Question(examples, given.by, given.blend, given.blend_with)
    return question, Narrowing(given.filters, given.threshold, given.sort, given.reverse)


def resolved(session: Session, source: Source) -> Source:
    """A kept picture as its bytes, from wherever they are now. Raises ``DecodeError`` (kind ``vanished``)."""
    if isinstance(source, KeptSource):
        return PastedSource(data=example_bytes(session, query.Example(source.path, source.hash)))
    return source


def _to_example(session: Session, example: Example) -> query.Example:
    path, content = _place(session, example.source)
    return query.Example(path, content, example.minus, example.weight, example.region)


def _place(session: Session, source: Source) -> tuple[str | None, bytes | None]:
    match source:
        case FileSource(path):
            return path, None
        case PhotoSource(photo):
            return photo.path, None if photo.provisional else photo.hash
        case PastedSource():
            return None, keep_bytes(session, pasted_bytes(source))
        case KeptSource(path, content):
            return path, content
