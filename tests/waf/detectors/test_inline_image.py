from __future__ import annotations

from base64 import b64encode

import pytest

from edgeguard.waf.detectors.inline_image import without_images
from edgeguard.waf.detectors.script import detect_script

SQUARE = b"<svg viewBox='0 0 8 8'><path d='M0 0h8v8z'/></svg>"
LOADED = b"<svg onload='alert(1)'/>"
TYPE = b"data:image/svg+xml"


def written(image: bytes) -> bytes:
    return TYPE + b";base64," + b64encode(image)


@pytest.mark.parametrize(
    "value",
    [
        written(SQUARE),
        TYPE + b"," + SQUARE,
        TYPE + b";charset=utf-8;base64," + b64encode(SQUARE),
        b'<img src="' + written(SQUARE) + b'">',
    ],
)
def test_an_image_that_only_draws_is_no_finding(value: bytes) -> None:
    assert detect_script(value) is None


@pytest.mark.parametrize(
    "value",
    [
        written(LOADED),
        TYPE + b"," + LOADED,
        written(b"<svg><script>alert(1)</script></svg>"),
        written(b"<svg><a href='javascript:alert(1)'><text>x</text></a></svg>"),
        written(b"<svg><foreignObject><p>x</p></foreignObject></svg>"),
        written(b"<p>no image</p>"),
        TYPE + b";base64,PHN2Zz4= PHNjcmlwdD4=",
        TYPE + b";base64,PHN2Z",
        TYPE + b";base64",
        written(SQUARE) + b'" ' + written(LOADED),
    ],
)
def test_what_runs_or_cannot_be_told_stays_a_finding(value: bytes) -> None:
    low = value.lower()
    left = without_images(value, low, lambda image: b"onload" in image or b"script" in image or b"foreign" in image)
    assert TYPE in left
    assert len(left) == len(low)


def test_an_image_that_runs_is_found() -> None:
    finding = detect_script(written(LOADED))
    assert finding is not None
    assert finding.confidence == "high"
