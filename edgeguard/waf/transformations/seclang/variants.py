"""The modules of this folder by the names that SecLang has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.transformations.seclang import (
    base64_decode,
    cmd_line,
    css_decode,
    hex_decode,
    html_entity_decode,
    js_decode,
    none,
    remove_comments,
    remove_whitespace,
    replace_comments,
    url_decode_uni,
)

if TYPE_CHECKING:
    from types import ModuleType

VARIANTS: dict[str, ModuleType] = {
    "base64Decode": base64_decode,
    "cmdLine": cmd_line,
    "cssDecode": css_decode,
    "hexDecode": hex_decode,
    "htmlEntityDecode": html_entity_decode,
    "jsDecode": js_decode,
    "none": none,
    "removeComments": remove_comments,
    "removeWhitespace": remove_whitespace,
    "replaceComments": replace_comments,
    "urlDecodeUni": url_decode_uni,
}
