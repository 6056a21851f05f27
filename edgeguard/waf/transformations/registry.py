"""All transformations by name. One function a file; this table is the only place that lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.transformations import (
    base64_decode,
    cmd_line,
    compress_whitespace,
    css_decode,
    hex_decode,
    html_entity_decode,
    js_decode,
    lowercase,
    normalise_path,
    normalise_path_win,
    remove_comments,
    remove_nulls,
    remove_whitespace,
    replace_comments,
    trim,
    url_decode,
    url_decode_uni,
    utf8_to_ascii,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


@dataclass(frozen=True, slots=True, eq=False)
class Transformation:
    """A step of a pipeline.

    Attributes:
        apply: bytes to bytes in linear time; the very same object where nothing changes.
        stirs: a value without any of these bytes comes back as it is. By this many steps are skipped with one look.
    """

    name: str
    apply: Callable[[bytes], bytes]
    stirs: frozenset[int]


def _from_module(module: ModuleType) -> Transformation:
    name = module.__name__.rpartition(".")[2]
    return Transformation(name, getattr(module, name), frozenset(module.STIRS))


TRANSFORMATIONS: dict[str, Transformation] = {
    step.name: step
    for step in map(
        _from_module,
        (
            base64_decode,
            cmd_line,
            compress_whitespace,
            css_decode,
            hex_decode,
            html_entity_decode,
            js_decode,
            lowercase,
            normalise_path,
            normalise_path_win,
            remove_comments,
            remove_nulls,
            remove_whitespace,
            replace_comments,
            trim,
            url_decode,
            url_decode_uni,
            utf8_to_ascii,
        ),
    )
}
