import pytest

from edgeguard.config.model import Redis
from edgeguard.redislink import RedisLink
from edgeguard.redislink.address import read_address


@pytest.mark.parametrize(
    ("url", "text", "greeting"),
    [
        ("redis://cache.internal", "redis://cache.internal:6379/0", (("SELECT", 0),)),
        ("redis://cache.internal:7000/3", "redis://cache.internal:7000/3", (("SELECT", 3),)),
        ("redis://:s%2Fcret@h/", "redis://h:6379/0", (("AUTH", "s/cret"), ("SELECT", 0))),
        ("rediss://edge:s3cret@[2001:db8::1]:6380", "rediss://[2001:db8::1]:6380/0", (("AUTH", "edge", "s3cret"), ("SELECT", 0))),
        ("unix:///run/redis.sock", "unix:///run/redis.sock", (("SELECT", 0),)),
    ],
)
def test_urls_are_read(url: str, text: str, greeting: tuple[object, ...]) -> None:
    address = read_address(Redis(url=url))
    assert str(address) == text
    assert address.greeting == greeting
    assert (address.tls is not None) == url.startswith("rediss")


@pytest.mark.parametrize(
    "url",
    [
        "http://:s3cret@h",
        "redis://",
        "redis:///0",
        "redis://:s3/cret@h",
        "redis://:s3#cret@h",
        "redis://h:s3cret",
        "redis://:s3cret@h/database",
        "redis://:s3cret@h/-1",
        "redis://h?password=s3cret",
        "rediss://:s3cret@h?ssl_cert_reqs=none",
        "redis://:s3cret@[::1",
        "redis://:s3cret@a..b",
        "unix://h/s3cret",
        "unix:",
    ],
)
def test_wrong_urls_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(ValueError, match=r"redis\.url is no Redis URL") as caught:
        read_address(Redis(url=url))
    assert "cret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_passwords_are_in_no_text_of_the_link() -> None:
    link = RedisLink(Redis(url="redis://edge:s3cret@h/1"))
    for shown in (repr(link), str(link), repr(link.address), str(link.address), f"{link.address!r:>9}"):
        assert "s3cret" not in shown
    assert repr(link) == "RedisLink(redis://h:6379/1, down: not started)"


def test_a_ca_file_that_is_not_there_is_an_error(tmp_path) -> None:
    with pytest.raises(OSError, match="No such file"):
        read_address(Redis(url="rediss://h", ca=tmp_path / "none.pem"))
