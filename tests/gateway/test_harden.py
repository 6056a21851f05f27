from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Harden
from edgeguard.gateway.harden import Hardener
from edgeguard.message import Headers

if TYPE_CHECKING:
    from edgeguard.message import Field


def apply(*fields: Field, https: bool = True, bodiless: bool = False, **settings: Any) -> list[Field]:
    return Hardener(Harden(**settings)).apply(Headers(list(fields)), https=https, bodiless=bodiless)


def values(fields: list[Field], name: bytes) -> list[bytes]:
    return [value for key, value in fields if key == name]


def test_hsts_is_said_on_https_alone() -> None:
    name = b"strict-transport-security"
    assert values(apply(), name) == [b"max-age=31536000; includeSubDomains"]
    assert values(apply(https=False), name) == []
    assert values(apply((name, b"max-age=1"), https=False), name) == []
    assert values(apply((name, b"max-age=1"), https=False, keep=["strict-transport-security"]), name) == [b"max-age=1"]
    assert values(apply(https=False, keep=["strict-transport-security"]), name) == []


def test_the_origins_own_value_is_kept_where_that_is_set() -> None:
    fields = apply((b"x-frame-options", b"DENY"), (b"x-content-type-options", b"sniff"))
    assert values(fields, b"x-frame-options") == [b"DENY"]
    assert values(fields, b"x-content-type-options") == [b"nosniff"]
    assert values(apply(), b"x-frame-options") == [b"SAMEORIGIN"]


def test_what_tells_too_much_goes() -> None:
    gone = [b"server", b"x-powered-by", b"x-generator", b"x-request-id"]
    fields = apply(*((name, b"x") for name in gone))
    assert not {name for name, _ in fields} & set(gone)
    assert values(apply((b"server", b"nginx"), server="edge"), b"server") == [b"edge"]


def test_cookies_and_other_fields_stay_in_order() -> None:
    sent = [(b"set-cookie", b"a=1"), (b"etag", b'"x"'), (b"set-cookie", b"b=2")]
    assert apply(*sent)[:3] == sent


def test_fields_of_one_hop_go_and_those_that_connection_lists() -> None:
    fields = apply(
        (b"connection", b"close, X-Hop"), (b"x-hop", b"1"), (b"keep-alive", b"5"), (b"upgrade", b"h2c"), (b"x-end", b"1")
    )
    assert not {name for name, _ in fields} & {b"connection", b"x-hop", b"keep-alive", b"upgrade", b"transfer-encoding"}
    assert values(fields, b"x-end") == [b"1"]


def test_a_length_is_kept_where_there_is_no_content() -> None:
    assert values(apply((b"content-length", b"5"), bodiless=True), b"content-length") == [b"5"]
    assert values(apply((b"content-length", b"5")), b"content-length") == []


def test_empty_text_leaves_a_field_alone_and_others_can_be_added() -> None:
    fields = apply((b"referrer-policy", b"origin"), referrer_policy="", keep=[], add={"X-Own": "1"})
    assert (values(fields, b"referrer-policy"), values(fields, b"x-own")) == ([b"origin"], [b"1"])


@pytest.mark.parametrize("add", [{"x y": "1"}, {"x": "a\r\nb: c"}, {"": "x"}])
def test_what_can_not_stand_in_a_header_is_refused(add: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="can't stand in a header"):
        Hardener(Harden(add=add))
