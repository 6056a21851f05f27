"""A YAML file as plain values in which every key and value knows its line. What the values mean lives in `model`.

The file is read as YAML 1.2 reads it: `off`, `no` and `12:30` are text, only `true` and `false` are truth values. Aliases
and tags are refused: a configuration needs neither, and nested aliases grow without bound. A key may stand once.

`${NAME}` anywhere in a value is replaced by the environment variable NAME, so that secrets need not stand in the file;
`$${` stands for `${` itself. Keys are left alone. What came from the environment is never shown in a fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import yaml

from edgeguard.config.faults import ConfigError, ConfigFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Octets of a configuration file. One with a thousand routes has 200 KiB; more than a megabyte is the wrong file.
LARGEST = 1024 * 1024
_DEEPEST = 32  # levels; the model has six

Path = tuple[str | int, ...]
_DIGITS = frozenset("0123456789")
_NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")


class Mark(NamedTuple):
    """A place in the file, both counted from 1."""

    line: int
    column: int


class Document:
    """What a file holds.

    Attributes:
        name: the file's name for faults.
        value: dicts, lists, str, int, float, bool and None.
        faults: what was wrong while reading, so that it can be told together with what the model finds.
        unknown: the places whose value could not be made out; what the model says about them is noise.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.value: object = None
        self.faults: list[ConfigFault] = []
        self.unknown: set[Path] = set()
        self._keys: dict[Path, Mark] = {}
        self._values: dict[Path, Mark] = {}
        self._hidden: dict[Path, str] = {}

    def mark_key(self, path: Path, mark: Mark) -> None:
        self._keys[path] = mark

    def mark_value(self, path: Path, mark: Mark) -> None:
        self._values[path] = mark

    def hide(self, path: Path, written: str) -> None:
        self._hidden[path] = written

    def hidden(self, path: Path) -> str | None:
        """A value as it stands in the file, where the environment gave a part of it; else None."""
        return self._hidden.get(path)

    def fault(self, path: Path, text: str, *, key: bool = False) -> None:
        """Note a fault at a value, or at its key; where nothing stands, at what holds it."""
        self.faults.append(ConfigFault(self.name, *self.where(path, key=key), text))

    def where(self, path: Path, *, key: bool = False) -> Mark:
        """The place of a value or of its key, or of the nearest thing around it that stands in the file."""
        while True:
            first, second = (self._keys, self._values) if key else (self._values, self._keys)
            mark = first.get(path) or second.get(path)
            if mark is not None or not path:
                return mark or Mark(1, 1)
            path, key = path[:-1], True


def read_document(text: str, name: str, environment: Mapping[str, str]) -> Document:
    """Read YAML.

    Raises:
        ConfigError: it is no YAML, too large, too deep, or uses what is refused; nothing more can be said about it.
    """
    document = Document(name)
    if len(text) > LARGEST:
        raise ConfigError([ConfigFault(name, 1, 1, f"the file is larger than {LARGEST} bytes")])
    try:
        document.value = _Reader(document, text, environment).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = str(error.problem or error.context or "can't be read")
        raise ConfigError([ConfigFault(name, line, column, f"this is no YAML: {problem}{_hint(problem)}")]) from None
    except yaml.YAMLError as error:
        raise ConfigError([ConfigFault(name, 1, 1, f"this is no YAML: {' '.join(str(error).split())}")]) from None
    return document


def _hint(problem: str) -> str:
    if "\\t" in problem or "character that cannot start any token" in problem:
        return "; indent with spaces, and put quotes around a value that starts with a special character"
    if "mapping values are not allowed" in problem:
        return "; is the indentation right, and does a value with a colon have quotes?"
    return ""


class _Reader:
    """Builds values from the parser's events, so that nothing is built before it is judged."""

    def __init__(self, document: Document, text: str, environment: Mapping[str, str]) -> None:
        self._document = document
        self._environment = environment
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)

    def read(self) -> object:
        value: object = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._error(event, "a second document starts here; one file holds one configuration")
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event, ())
        return value

    def _value(self, event: yaml.Event, path: Path) -> object:
        if isinstance(event, yaml.AliasEvent):
            raise self._error(event, f"aliases such as *{event.anchor} are not taken; write the value out")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self._error(event, f"tags such as {tag} are not taken")
        if len(path) > _DEEPEST:
            raise self._error(event, f"more than {_DEEPEST} levels deep")
        if isinstance(event, yaml.ScalarEvent) or not (path and isinstance(path[-1], str)):
            self._document.mark_value(path, _mark(event))  # a mapping or list under a key is looked for at the key
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._value(item, (*path, number)) for number, item in enumerate(self._until(yaml.SequenceEndEvent))]
        return self._scalar(event, path) if isinstance(event, yaml.ScalarEvent) else None

    def _mapping(self, path: Path) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for event in self._until(yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._error(event, "a key must be a word")
            key = event.value
            place = (*path, key)
            if key in mapping:
                first = self._document.where(place, key=True).line
                self._document.faults.append(
                    ConfigFault(
                        self._document.name, *_mark(event), f"the key '{key}' stands here a second time; see line {first}"
                    )
                )
                self._value(next(self._events), (*place, "again"))
                continue
            self._document.mark_key(place, _mark(event))
            mapping[key] = None
            mapping[key] = self._value(next(self._events), place)
        return mapping

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> object:
        text: str = event.value
        if "${" in text:
            return self._substitute(text, path)
        return text if event.style else plain_value(text)

    def _substitute(self, text: str, path: Path) -> str:
        """`text` with variables put in. What comes in is not looked at again."""
        parts = []
        rest = text
        while (at := rest.find("${")) >= 0:
            if at and rest[at - 1] == "$":
                parts.append(rest[: at - 1] + "${")
                rest = rest[at + 2 :]
                continue
            name, brace, after = rest[at + 2 :].partition("}")
            parts.append(rest[:at])
            rest = after
            problem = self._problem(name, brace)
            if problem:
                self._document.fault(path, problem)
                self._document.unknown.add(path)
            else:
                parts.append(self._environment[name])
                self._document.hide(path, text)
        return "".join([*parts, rest])

    def _problem(self, name: str, brace: str) -> str | None:
        if not brace or not name or not _NAME.issuperset(name):
            return "'${' starts the name of an environment variable, such as ${EDGEGUARD_KEY}; write $${ for itself"
        return None if name in self._environment else f"the environment variable {name} is not set"

    def _error(self, event: yaml.Event, text: str) -> ConfigError:
        return ConfigError([*self._document.faults, ConfigFault(self._document.name, *_mark(event), text)])


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return Mark(1, 1) if mark is None else Mark(mark.line + 1, mark.column + 1)


def plain_value(text: str) -> object:
    """What text without quotes means in YAML 1.2's core schema, of which octal, hexadecimal, NaN and infinity are left out.

    `10_000` is a number here as it was in YAML 1.1, for it can hardly mean anything else.
    """
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    digits = text[1:] if text[0] in "+-" else text
    if not digits or digits[0] not in _DIGITS | {"."} or not (_DIGITS | set("_.eE+-")).issuperset(digits) or len(digits) > 32:
        return text
    try:
        return int(text) if _DIGITS.issuperset(digits.replace("_", "")) else float(text)
    except ValueError:
        return text
