"""Collects what the window says into Qt's translation sources, and compiles them: ``make translations``.

pyside6-lupdate knows ``self.tr`` only; words are also in functions (``_tr``) and below the window (``core.words.say``).

    python packaging/translations.py            # update resources/translations/*.ts, compile them to .qm
    python packaging/translations.py --check    # fail where a source is not up to date, or not complete
"""

import argparse
import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"

Key = tuple[str, str]
"""(context, source text)."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    texts = collect()
    faults = 0
    for path in sorted(FOLDER.glob("cbir_*.ts")):
        known = read(path)
        missing = [key for key in texts if not known.get(key)]
        sys.stderr.write(f"{path.name}: {len(texts)} texts, {len(missing)} without a translation\n")
        for context, text in missing:
            sys.stderr.write(f"  {context}: {text!r}\n")
        faults += len(missing) + (options.check and list(known) != sorted(texts))
        if not options.check:
            path.write_text(document(path.stem.split("_", 1)[1], {key: known.get(key, "") for key in sorted(texts)}))
            compile_(path)
    return 1 if options.check and faults else 0


def compile_(path: Path) -> None:
    """To .qm, beside it."""
    tool = Path(PySide6.__file__).parent / "lrelease"
    subprocess.run([tool, path, "-qm", path.with_suffix(".qm"), "-silent"], check=True)


def collect() -> set[Key]:
    """All texts of the package."""
    return {key for path in sorted((ROOT / "cbir_desktop").rglob("*.py")) for key in texts_of(path)}


def texts_of(path: Path) -> Iterator[Key]:
    """Raises ValueError for words that are put together in the call: those cannot be collected."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from _Finder(path, _own_context(tree), _says(tree)).found(tree)


class _Finder(ast.NodeVisitor):
    def __init__(self, path: Path, own: str | None, says: bool) -> None:
        self._path, self._own, self._says = path, own, says
        self._classes: list[str] = []
        self._found: list[Key] = []

    def found(self, tree: ast.AST) -> list[Key]:
        self.visit(tree)
        return self._found

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._classes.append(node.name)
        self.generic_visit(node)
        self._classes.pop()

    def visit_Call(self, node: ast.Call) -> None:
        context = self._context(node.func)
        if context is not None and node.args:
            text = node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                self._found.append((context, text.value))
            elif not (isinstance(text, ast.Name) and text.id == "text"):  # a function that hands its text on
                raise ValueError(f"{self._path}:{node.lineno}: not a literal")
        self.generic_visit(node)

    def _context(self, function: ast.expr) -> str | None:
        match function:
            case ast.Attribute(value=ast.Name(id="self"), attr="tr") | ast.Name(id="tr"):
                return self._classes[-1] if self._classes else None
            case ast.Name(id="_tr"):
                return self._own
            case ast.Name(id="say") if self._says:
                return "words"
        return None


def _own_context(tree: ast.AST) -> str | None:
    """What the module's ``_tr`` gives to QCoreApplication.translate."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "_tr":
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
                    return str(call.args[0].value)
    return None


def _says(tree: ast.AST) -> bool:
    """Whether ``say`` is that of ``core.words``."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return any(node.module == "cbir_desktop.core.words" for node in imports)


def read(path: Path) -> dict[Key, str]:
    """What is translated, in the order of the file."""
    found = {}
    for context in ET.parse(path).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            found[(name, message.findtext("source") or "")] = message.findtext("translation") or ""
    return found


def document(language: str, texts: dict[Key, str]) -> str:
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    contexts: dict[str, ET.Element] = {}
    for (name, source), translation in texts.items():
        if name not in contexts:
            contexts[name] = ET.SubElement(root, "context")
            ET.SubElement(contexts[name], "name").text = name
        message = ET.SubElement(contexts[name], "message")
        ET.SubElement(message, "source").text = source
        made = ET.SubElement(message, "translation")
        if translation:
            made.text = translation
        else:
            made.set("type", "unfinished")
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{ET.tostring(root, encoding="unicode")}\n'


if __name__ == "__main__":
    sys.exit(main())
