"""Words that lower layers show to people, in the language of whoever asks: English, unless a translator is set."""

from collections.abc import Callable

CONTEXT = "words"


def _english(_context: str, text: str) -> str:
    return text


_translate: Callable[[str, str], str] = _english


def set_translator(translate: Callable[[str, str], str] | None) -> None:
    """``translate(context, text)``: the window's, which knows its language; None is English again."""
    global _translate
    _translate = translate or _english


def say(text: str) -> str:
    """``text`` is a literal: translators collect them from the source."""
    return _translate(CONTEXT, text)
