"""Sizes as people write them: `10MiB`, `64 KiB`, `512`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

_UNITS = {"": 1, "B": 1, "KIB": 1024, "MIB": 1024**2, "GIB": 1024**3, "KB": 1000, "MB": 1000**2, "GB": 1000**3}


def parse_size(value: object) -> object:
    """Bytes from `10MiB`, `1.5 KiB` or a plain number.

    Raises:
        ValueError: what stands there is no size.
    """
    if not isinstance(value, str):
        return value
    text = value.strip().replace("_", "")
    digits = text.rstrip("BbiIkKmMgG ")
    unit = text[len(digits) :].strip().upper()
    try:
        number = float(digits)
        return int(number * _UNITS[unit])
    except (ValueError, KeyError, OverflowError):
        raise ValueError(f"'{value}' is no size; write it like 512, 64KiB or 10MiB") from None


Bytes = Annotated[int, BeforeValidator(parse_size), Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
