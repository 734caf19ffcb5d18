"""A made-up language: every text that goes through ``tr`` stands in brackets, with accents and a third longer."""

from PySide6.QtCore import QTranslator

OPEN, CLOSE = "⟦", "⟧"
_ACCENTS = str.maketrans("aeiouyAEIOUcnsz", "àéîöüýÀÉÎÖÜçñšž")


class PseudoTranslator(QTranslator):
    """Installed like any other; knows all texts."""

    def translate(self, context, source, disambiguation=None, n=-1):
        return pseudo(source)

    def isEmpty(self):  # noqa: N802 - Qt's
        return False


def pseudo(text: str) -> str:
    """Names of fields in braces stay as they are."""
    if not text:
        return text
    parts, inside, made = text.replace("}", "{").split("{"), False, ""
    for part in parts:
        made += f"{{{part}}}" if inside else part.translate(_ACCENTS)
        inside = not inside
    return f"{OPEN}{made}{'·' * (len(text) // 3)}{CLOSE}"


def outside(text: str) -> str:
    """What did not go through ``tr``."""
    depth, left = 0, ""
    for sign in text:
        if sign == OPEN:
            depth += 1
        elif sign == CLOSE:
            depth -= 1
        elif not depth:
            left += sign
    return left
