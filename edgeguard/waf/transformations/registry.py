"""All transformations by name, YAML's and SecLang's. One function a file; these tables are the only place that lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.transformations import (
    base64_decode,
    base64_decode_ext,
    base64_encode,
    canonical_path,
    cmd_line,
    compress_whitespace,
    css_decode,
    decode_all,
    escape_seq_decode,
    hex_decode,
    hex_encode,
    html_entity_decode,
    js_decode,
    jwt_header,
    length,
    log4j_lookups,
    lowercase,
    md5,
    normalise_path,
    normalise_path_win,
    opening,
    parity_even_7bit,
    parity_odd_7bit,
    parity_zero_7bit,
    php_args_names,
    remove_comments,
    remove_comments_char,
    remove_nulls,
    remove_whitespace,
    replace_comments,
    replace_nulls,
    sha1,
    sql_hex_decode,
    trim,
    trim_left,
    trim_right,
    uppercase,
    url_decode,
    url_decode_uni,
    url_encode,
    utf8_to_ascii,
    utf8_to_unicode,
)
from edgeguard.waf.transformations.seclang.url_decode_uni import MappedUrlDecodeUni
from edgeguard.waf.transformations.seclang.variants import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType


@dataclass(frozen=True, slots=True, eq=False)
class Transformation:
    """A step of a pipeline.

    Attributes:
        name: no two steps have one name, of whichever language they are: by it pipelines share what they have in common.
        apply: bytes to bytes in linear time; the very same object where nothing changes.
        stirs: a value without any of these bytes comes back as it is; by this many steps are skipped with one look. Where
            it is every byte, the empty value may change too, as `length` makes `0` of it.
    """

    name: str
    apply: Callable[[bytes], bytes]
    stirs: frozenset[int]


def _made(name: str, module: ModuleType) -> Transformation:
    return Transformation(name, getattr(module, module.__name__.rpartition(".")[2]), frozenset(module.STIRS))


TRANSFORMATIONS: dict[str, Transformation] = {
    name: _made(name, module)
    for name, module in (
        (module.__name__.rpartition(".")[2], module)
        for module in (
            base64_decode,
            base64_decode_ext,
            base64_encode,
            canonical_path,
            cmd_line,
            compress_whitespace,
            css_decode,
            decode_all,
            escape_seq_decode,
            hex_decode,
            hex_encode,
            html_entity_decode,
            js_decode,
            jwt_header,
            length,
            log4j_lookups,
            lowercase,
            md5,
            normalise_path,
            normalise_path_win,
            opening,
            parity_even_7bit,
            parity_odd_7bit,
            parity_zero_7bit,
            php_args_names,
            remove_comments,
            remove_comments_char,
            remove_nulls,
            remove_whitespace,
            replace_comments,
            replace_nulls,
            sha1,
            sql_hex_decode,
            trim,
            trim_left,
            trim_right,
            uppercase,
            url_decode,
            url_decode_uni,
            url_encode,
            utf8_to_ascii,
            utf8_to_unicode,
        )
    )
}
"""YAML's, by the names that rules have for them."""

_VARIANTS = {name: _made(name, module) for name, module in VARIANTS.items()}

_OWN = ("utf8_to_ascii", "decode_all", "opening")  # which ModSecurity has nothing like

SECLANG: dict[str, Transformation] = {
    **{name.replace("_", ""): step for name, step in TRANSFORMATIONS.items() if name not in _OWN},
    **{name.lower(): step for name, step in _VARIANTS.items()},
}
"""SecLang's, by their names in lower case; where both languages mean the same it is the same step."""

SECLANG |= {
    "cmd_line": SECLANG["cmdline"],
    "compress_whitespace": SECLANG["compresswhitespace"],
    "normalizepath": SECLANG["normalisepath"],
    "normalizepathwin": SECLANG["normalisepathwin"],
}


def seclang_name(name: str) -> str:
    """A step's name as SecLang writes it: `removeNulls` for `remove_nulls`."""
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


def url_decode_uni_by(code_page: int, mapping: Mapping[int, bytes]) -> Transformation:
    """SecLang's `urlDecodeUni` under `SecUnicodeMapFile`; `read_unicode_map` reads the mapping."""
    plain = SECLANG["urldecodeuni"]
    return Transformation(f"{plain.name}:{code_page}", MappedUrlDecodeUni(mapping), plain.stirs)
