"""Data sets that were published as pickles, read without executing anything: a pickle is a program, this no machine
for it. Only what builds numbers, text, bytes, lists, tuples, dictionaries and NumPy arrays is understood."""

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from cbir_desktop.core.errors import KnownError

_KEPT = frozenset(
    {"BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"}
    | {"UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING", "SHORT_BINSTRING"}
    | {"BINBYTES", "SHORT_BINBYTES", "BINBYTES8"}
)
_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
}
_ARRAY = {f"numpy.{core}.multiarray _reconstruct" for core in ("core", "_core")}
_SCALAR = {f"numpy.{core}.multiarray scalar" for core in ("core", "_core")}
_EMPTY = {"__builtin__ bytes", "builtins bytes"}  # how protocols 0 to 2 write b""
_NAMES = _ARRAY | _SCALAR | _EMPTY | {"numpy ndarray", "numpy dtype", "_codecs encode"}
_ORDERS: dict[str, Literal["<", ">", "="]] = {"<": "<", ">": ">", "|": "=", "=": "="}
_MARK = object()


@dataclass(frozen=True)
class _Name:
    text: str


@dataclass
class _Array:
    """An array before its state is known; ``value`` afterwards."""

    value: Any = None


@dataclass
class _Dtype:
    code: str
    order: Literal["<", ">", "="] = "="

    def of(self) -> np.dtype[Any]:
        found = np.dtype(self.code).newbyteorder(self.order)
        if found.hasobject:
            raise ValueError("an array of objects")
        return np.dtype(found)


def read_pickle(path: Path) -> Any:
    """What the file ``path`` holds; text of Python 2 comes as ``str``, byte by byte (latin-1).

    Raises ``KnownError`` when it cannot be read, is no pickle, or holds anything but data.
    """
    try:
        return parse_pickle(path.read_bytes())
    except OSError as error:
        raise KnownError(f"{path} cannot be read: {error.strerror or error}", "unreadable") from error
    except ValueError as error:
        raise KnownError(f"{path} is no file of plain data: {error}", "not-data") from error


def parse_pickle(data: bytes) -> Any:
    """The same of bytes; ValueError where ``read_pickle`` raises ``KnownError``."""
    machine = _Machine()
    try:
        for opcode, argument, _ in pickletools.genops(data):
            machine.do(opcode.name, argument)
        (found,) = machine.stack
    except (IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"damaged: {type(error).__name__} {error}") from error
    return _settled(found)


@dataclass
class _Machine:
    stack: list[Any] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)

    def do(self, name: str, argument: Any) -> None:
        if name in _KEPT:
            self.stack.append(argument)
        elif name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name]())
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            self._name(argument)
        elif name in ("BINPUT", "LONG_BINPUT", "PUT", "MEMOIZE"):
            self.memo[len(self.memo) if argument is None else int(argument)] = self.stack[-1]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            self.stack.append(self.memo[int(argument)])
        elif name == "MARK":
            self.stack.append(_MARK)
        elif name not in ("PROTO", "FRAME", "STOP"):
            step = getattr(self, f"_{name.lower()}", None)
            if step is None:
                raise ValueError(f"the step {name} is not one of data")
            step()

    def _name(self, argument: str | None) -> None:
        if argument is None:
            second, first = self.stack.pop(), self.stack.pop()
            argument = f"{first} {second}"
        if argument not in _NAMES:
            raise ValueError(f"it asks for {argument!r}")
        self.stack.append(_Name(argument))

    def _since_mark(self) -> list[Any]:
        place = len(self.stack) - 1 - self.stack[::-1].index(_MARK)
        found = self.stack[place + 1 :]
        del self.stack[place:]
        return found

    def _tuple(self) -> None:
        self.stack.append(tuple(self._since_mark()))

    def _list(self) -> None:
        self.stack.append(self._since_mark())

    def _dict(self) -> None:
        found = self._since_mark()
        self.stack.append(dict(zip(found[::2], found[1::2], strict=True)))

    def _tuple1(self) -> None:
        self.stack[-1:] = [tuple(self.stack[-1:])]

    def _tuple2(self) -> None:
        self.stack[-2:] = [tuple(self.stack[-2:])]

    def _tuple3(self) -> None:
        self.stack[-3:] = [tuple(self.stack[-3:])]

    def _append(self) -> None:
        item = self.stack.pop()
        self.stack[-1].append(item)

    def _appends(self) -> None:
        items = self._since_mark()
        self.stack[-1].extend(items)

    def _setitem(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self.stack[-1][key] = value

    def _setitems(self) -> None:
        items = self._since_mark()
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))

    def _reduce(self) -> None:
        arguments, called = self.stack.pop(), self.stack.pop()
        if not isinstance(called, _Name):
            raise ValueError("it calls what is no name")
        self.stack.append(_made(called.text, arguments))

    def _build(self) -> None:
        state, built = self.stack.pop(), self.stack[-1]
        if isinstance(built, _Dtype):
            built.order = _ORDERS[state[1]]
        elif isinstance(built, _Array):
            _, shape, dtype, fortran, raw = state
            flat = np.frombuffer(_bytes(raw), dtype.of())
            built.value = flat.reshape(shape, order="F" if fortran else "C")
        else:
            raise ValueError("it builds what is no array")


def _made(name: str, arguments: Any) -> Any:
    if name in _ARRAY:
        return _Array()
    if name in _SCALAR:
        return np.frombuffer(_bytes(arguments[1]), arguments[0].of())[0].item()
    if name in _EMPTY and not arguments:
        return b""
    if name == "numpy dtype":
        return _Dtype(str(arguments[0]))
    if name == "_codecs encode" and arguments[1] in ("latin1", "latin-1"):
        return arguments[0].encode("latin-1")
    raise ValueError(f"it calls {name!r}")


def _bytes(raw: Any) -> bytes:
    return raw if isinstance(raw, bytes) else str(raw).encode("latin-1")


def _settled(found: Any) -> Any:
    """Arrays in the place of their makers, all the way down."""
    if isinstance(found, _Array):
        if found.value is None:
            raise ValueError("an array without its numbers")
        return found.value
    if isinstance(found, dict):
        return {_settled(key): _settled(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return type(found)(_settled(item) for item in found)
    if isinstance(found, _Name | _Dtype):
        raise ValueError("a name in the place of data")
    return found
