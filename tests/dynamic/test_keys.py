from __future__ import annotations

import pytest

from edgeguard.dynamic.keys import ACTORS, KEYS
from edgeguard.dynamic.model import Event, Subject
from edgeguard.message import Headers

HEADERS = Headers(
    [(b"authorization", b"Bearer abc"), (b"cookie", b"a=1; session=xyz"), (b"user-agent", b"curl"), (b"x-key", b"k")]
)
EVENT = Event(
    address="203.0.113.77", account="ann", method="POST", host="h", path="/p", login="l1", password="p1", headers=HEADERS
)


def test_every_name_finds_something(naming) -> None:
    for name in KEYS:
        assert naming.part(name.replace("NAME", "x-key"))(EVENT), name
    for name in ACTORS:
        assert naming.subject(name)(EVENT), name


def test_what_an_event_lacks_has_no_key(naming) -> None:
    bare = Event(address="203.0.113.77")
    for name in ("token", "session", "account", "login", "password", "agent", "header:x-key"):
        assert naming.part(name)(bare) is None, name
    assert naming.together(["address", "token"])(bare) is None
    assert naming.together(["address", "path"])(bare) == "203.0.113.77\x1f/"


def test_secrets_are_hashed(naming) -> None:
    for name in ("token", "session", "header:x-key"):
        assert naming.part(name)(EVENT) not in ("Bearer abc", "xyz", "k"), name


def test_a_client_is_its_proven_account_or_its_address(naming) -> None:
    client, subject = naming.part("client"), naming.subject("client")
    assert subject(EVENT) == Subject("address", "203.0.113.77")
    proven = Event(address="203.0.113.77", account="ann", verified=True)
    assert subject(proven) == Subject("account", "ann")
    called_so = Event(address="198.51.100.1", account="203.0.113.77", verified=True)
    assert client(called_so) != client(EVENT)
    vouched = Event(address="203.0.113.77", verified=True, headers=HEADERS)
    assert subject(vouched) == Subject("token", naming.token_of(b"Bearer abc"))


@pytest.mark.parametrize("field", [b"bearer abc", b"Bearer  abc", b"Bearer abc noise", b"BEARER abc,more", b"Bearer\tabc"])
def test_a_token_is_one_however_it_is_spelt(naming, field) -> None:
    assert naming.token_of(field) == naming.token_of(b"Bearer abc")


def test_schemes_and_tokens_differ(naming) -> None:
    fields = (b"Bearer abc", b"Basic abc", b"abc", b"Bearer abd", b"Bearer", b"")
    assert len({naming.token_of(field) for field in fields}) == len(fields)


def test_the_network_of_a_client(naming) -> None:
    assert naming.subject("net")(EVENT) == Subject("network", "203.0.113.0/24")


@pytest.mark.parametrize("cookies", [b"", b"session=", b"xsession=1", b"a=session"])
def test_no_session(naming, cookies) -> None:
    assert naming.session_of(cookies) is None
