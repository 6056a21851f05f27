"""Images of SVG in `data:` URLs: what one holds says whether it could run script, and not that it is one."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_BEGINS = b"data:image/svg+xml"
_HARMLESS = b"data:image/svg-xml"  # as long, and no type of a page
_MANY = 16
_PARAMETERS = 64  # bytes between the type and the comma
_READ = 65_536  # bytes of one image
_OTHER = bytes(octet for octet in range(256) if octet not in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_AFTER = (b"", b'"', b"'", b")", b">")
_TO_BLANK = bytes(0x20 if octet in _OTHER else octet for octet in range(256))


def without_images(value: bytes, low: bytes, runs: Callable[[bytes], bool]) -> bytes:
    """`low`, which is `value` in lower case, with the type of each harmless image written in another way.

    `runs` says whether markup in lower case would run script.
    """
    at = low.find(_BEGINS)
    left = low
    for _ in range(_MANY):
        if at < 0:
            break
        image = _image(value[at + len(_BEGINS) : at + _READ])
        if b"<svg" in image and not runs(image):
            left = left[:at] + _HARMLESS + left[at + len(_HARMLESS) :]
        at = low.find(_BEGINS, at + 1)
    return left


def _image(rest: bytes) -> bytes:
    """The markup in lower case; empty where it can't be told."""
    parameters, comma, data = rest.partition(b",")
    if not comma or len(parameters) > _PARAMETERS:
        return b""
    if not parameters.strip().lower().endswith(b"base64"):
        return data.lower()
    text = data[: (data.translate(_TO_BLANK) + b" ").find(b" ")]
    if data[len(text) :].lstrip(b"=")[:1] not in _AFTER:
        return b""  # browsers go on behind blanks
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4)).lower()
    except binascii.Error:
        return b""
