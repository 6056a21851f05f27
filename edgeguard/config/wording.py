"""The model's complaints in plain words, at the line where they arise."""

from __future__ import annotations

from difflib import get_close_matches
from ipaddress import ip_network
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, SecretStr

from edgeguard.config.model import Config, account_kind

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from edgeguard.config.document import Document, Path

_KINDS = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a smaller whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "text",
    "path_type": "a path",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"), "a date such as 2027-01-31"
    ),
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "ip_any_network": "a network such as 10.0.0.0/8 or 2001:db8::/32",
    "union_tag_not_found": "an account source with one of the keys token, header, cookie, jwt, host_label, path_segment",
}
_BOUNDS = {
    "greater_than": ("gt", "greater than {}"),
    "greater_than_equal": ("ge", "{} or more"),
    "less_than": ("lt", "less than {}"),
    "less_than_equal": ("le", "{} or less"),
    "string_pattern_mismatch": ("pattern", "text that fits {}"),
    "string_too_short": ("min_length", "text of {} characters or more"),
    "too_short": ("min_length", "a list of {} or more"),
    "too_long": ("max_length", "a list of {} or fewer"),
}
_EXAMPLES = {
    "listeners": "listeners: [{address: 0.0.0.0, port: 8080}]",
    "origin": "origin: {url: http://127.0.0.1:8055}",
    "urls": "url: http://127.0.0.1:8055",
    "port": "port: 8080",
    "certificate": "certificate: certificate.pem",
    "key": "key: key.pem",
    "url": "url: ${REDIS_URL}",
    "algorithms": "algorithms: [RS256]",
    "under": "under: cms.example",
    "name": "name: assets",
    "requests": "requests: 60",
}
_LONGEST = 60  # characters of a value that are shown


def explain(error: ValidationError, document: Document) -> None:
    """Note every complaint in `document`. Several about one value, as alternatives give, become one."""
    expected: dict[Path, list[str]] = {}
    for item in error.errors(include_url=False):
        path = _path_in(document.value, item["loc"])
        kind = item["type"]
        if path in document.unknown:
            continue
        if kind == "extra_forbidden":
            document.fault(path, _unknown(item["loc"], path), key=True)
        elif kind == "missing":
            document.fault(path, _missing((*path, item["loc"][-1])), key=True)
        elif kind == "misplaced":
            context = item.get("ctx", {})
            document.fault(tuple(context["path"]), context["text"])
        elif kind in ("value_error", "assertion_error"):
            document.fault(path, _masked(document, path, f"{dotted(path)}: {item['msg'].partition(', ')[2]}", item["input"]))
        else:
            expected.setdefault(path, []).append(_network(document, path, item) or _expectation(item))
    for path, kinds in expected.items():
        document.fault(path, f"{dotted(path)} must be {' or '.join(dict.fromkeys(kinds))}, but is {_shown(document, path)}")


def dotted(path: Path) -> str:
    """`listeners[0].port`; the whole file is `the file`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the file"


def _path_in(value: object, location: tuple[int | str, ...]) -> Path:
    """What stands in the file for the model's location, which also names union members and keys that are missing."""
    path: list[int | str] = []
    for part in location:
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            value = value[part]  # type: ignore[index]  # the line above tells which
            path.append(part)
    return tuple(path)


def _expectation(item: ErrorDetails) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "too_short" and not isinstance(item["input"], list):
        kind = "string_too_short"
    if kind == "literal_error":
        return str(context["expected"])
    if kind in _BOUNDS:
        name, text = _BOUNDS[kind]
        bound = context[name]
        return text.format(f"{bound:g}" if isinstance(bound, float) else bound)
    return _KINDS.get(kind) or f"something else ({item['msg'].lower()})"


def _network(document: Document, path: Path, item: ErrorDetails) -> str | None:
    """The network that was meant where an address within it was written; None for all other complaints."""
    if item["type"] != "ip_any_network" or document.hidden(path) is not None:
        return None
    try:
        return f"{ip_network(str(item['input']), strict=False)}, with no bit set after the prefix"
    except ValueError:
        return None


def _shown(document: Document, path: Path) -> str:
    written = document.hidden(path)
    if written is not None:
        return f"what the environment put for {written}"
    if _is_secret(path):
        return "(not shown)"
    value = _at(document.value, path)
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "keys with values"
    text = {None: "empty", True: "true", False: "false"}.get(value) if value is None or isinstance(value, bool) else repr(value)
    text = str(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _masked(document: Document, path: Path, text: str, value: object) -> str:
    """`text` without a value that must not be shown."""
    if isinstance(value, str) and value and (document.hidden(path) is not None or _is_secret(path)):
        return text.replace(value, document.hidden(path) or "(not shown)")
    return text


def _at(value: object, path: Path) -> object:
    for part in path:
        value = value[part]  # type: ignore[index]  # paths are made from what is there
    return value


def _missing(path: Path) -> str:
    name = str(path[-1])
    holder = dotted(path[:-1])
    example = _EXAMPLES.get(name)
    if path == ("redis", "url"):
        example = "url: ${REDIS_URL}"
    key = "url" if name == "urls" else name
    return f"{holder} lacks the key '{key}'" + (f"; write it like `{example}`" if example else "")


def _unknown(location: tuple[int | str, ...], path: Path) -> str:
    name = str(path[-1])
    section = dotted(path[:-1]) if len(path) > 1 else "the top level"
    known = _keys(_annotation(location[:-1]))
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    text = f"unknown key '{name}' in {section}"
    if close:
        return f"{text}; did you mean '{close[0]}'?"
    homes = [other for other in Config.model_fields if other != path[0] and name in _keys(_annotation((other,)))]
    if len(homes) == 1:
        return f"{text}; '{name}' belongs in {homes[0]}"
    return f"{text}; known are {', '.join(known)}" if known else text


def _keys(annotation: Any) -> list[str]:
    """The keys that a section takes, as people write them; none for what is no section."""
    for member in _members(annotation):
        if isinstance(member, type) and issubclass(member, BaseModel):
            return [key for name, field in member.model_fields.items() for key in _spellings(name, field.validation_alias)]
    return []


def _spellings(name: str, alias: object) -> list[str]:
    return [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [name]


def _annotation(location: tuple[int | str, ...]) -> Any:
    """What the model has at a location; None where it has nothing."""
    annotation: Any = Config
    for part in location:
        annotation = _step(annotation, part)
    return annotation


def _step(annotation: Any, part: int | str) -> Any:
    for member in _members(annotation):
        if get_origin(member) in (list, dict):
            return get_args(member)[-1]
        if isinstance(member, type) and issubclass(member, BaseModel):
            for name, field in member.model_fields.items():
                if part in _spellings(name, field.validation_alias):
                    return field.annotation
            if account_kind(member) == part:
                return member
    return None


def _members(annotation: Any) -> list[Any]:
    """The alternatives of an annotation, without what annotates them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [each for member in get_args(annotation) for each in _members(member)]
    return [] if origin is Literal else [annotation]


def _is_secret(path: Path) -> bool:
    return SecretStr in _members(_annotation(path))
