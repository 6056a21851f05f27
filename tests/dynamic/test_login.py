from __future__ import annotations

import pytest

from edgeguard.config.model import LoginFields
from edgeguard.dynamic.hashing import Hasher
from edgeguard.dynamic.login import LONGEST, LoginReader

HASHER = Hasher(b"a key of the tests")
ANN, WORD = HASHER.name("login", b"ann"), HASHER.name("password", b"s3cret")


@pytest.fixture
def reader() -> LoginReader:
    return LoginReader(LoginFields(), HASHER)


@pytest.mark.parametrize(
    "body",
    [
        b"username=ann&password=s3cret",
        b"csrf=1&user[email]=ANN&user[password]=s3cret",
        b"log=%20Ann%20&pwd=s3cret",
        b'{"username": "ann", "password": "s3cret"}',
        b' {"data": {"attributes": {"Email": "Ann", "Password": "s3cret"}}}',
    ],
)
def test_name_and_password_in_all_shapes(reader, body) -> None:
    assert reader.read(body) == (ANN, WORD)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"username=ann",
        b"password=s3cret",
        b"username=&password=s3cret",
        b'{"username": "ann", "password": 5}',
        b'{"username": ',
        b"[]",
        b"\x00\xff",
        b'{"a":{"b":{"c":{"d":{"username": "ann", "password": "s3cret"}}}}}',
    ],
)
def test_what_is_no_login(reader, body) -> None:
    assert reader.read(body) == ("", "")


@pytest.mark.parametrize(
    "body",
    [
        b"&".join([b"a=1"] * 1000) + b"&username=ann&password=s3cret",
        b"username=ann&password=" + b"x" * LONGEST,
        b"username=decoy&password=s3cret&username=ann",
        b'{%b, "username": "ann", "password": "s3cret"}' % b", ".join(b'"x%d": {}' % number for number in range(65)),
    ],
)
def test_what_nobody_sends_counts_as_a_name_of_the_address_and_ever_other_passwords(reader, body) -> None:
    one, again, elsewhere = (reader.read(body, address=address) for address in ("203.0.113.5", "203.0.113.5", "203.0.113.6"))
    assert one[0] == again[0] != elsewhere[0]
    assert one[1] != again[1]
    assert ANN not in one


def test_fields_of_a_multipart_form_are_given(reader) -> None:
    assert reader.read(b"--b\r\n", [(b"username", b"Ann"), (b"password", b"s3cret")]) == (ANN, WORD)
    assert reader.read(b"\xef\xbb\xbf" + b'{"username": "ann", "password": "s3cret"}') == (ANN, WORD)


def test_fields_can_be_named() -> None:
    reader = LoginReader(LoginFields(users=["Kennung"], passwords=["Kennwort"]), HASHER)
    assert reader.read(b"kennung=ann&KENNWORT=s3cret") == (ANN, WORD)
    assert reader.read(b"username=ann&password=s3cret") == ("", "")
