from __future__ import annotations

import time

import pytest

from edgeguard.config.model import Config
from edgeguard.gateway.routes import HostPatterns, RouteTable, host_of
from edgeguard.message import Headers, Request
from edgeguard.wire.path_patterns import PathPatterns
from edgeguard.wire.target import normalise

MINIMUM = {"listeners": [{"port": 8080}], "origin": {"url": "http://127.0.0.1:8055"}}


def request(path: bytes, method: bytes = b"GET", authority: bytes = b"cms.example") -> Request:
    return Request(method, path, path, None, b"https", authority, Headers([]))


def table(*routes: dict[str, object], **sections: object) -> RouteTable:
    return RouteTable(Config.model_validate({**MINIMUM, "routes": list(routes), **sections}))


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("/api", [b"/api", b"/api/", b"/api/items/1"], [b"/", b"/apiary", b"/API", b"/v1/api"]),
        ("/api/", [b"/api", b"/api/", b"/api/x"], [b"/apix"]),
        ("/", [b"/", b"/anything/at/all"], []),
        ("/**", [b"/", b"/a", b"/a/b/"], []),
        ("**", [b"/", b"/a/b"], []),
        ("/api/**", [b"/api", b"/api/", b"/api/a/b"], [b"/apiary"]),
        ("/api/*", [b"/api/a", b"/api/a.b"], [b"/api", b"/api/", b"/api/a/b", b"/api/a/"]),
        ("/*/items", [b"/acme/items"], [b"/items", b"//items", b"/a/b/items", b"/acme/items/1"]),
        ("/*/items/**", [b"/acme/items", b"/acme/items/1/2"], [b"/acme/itemsx"]),
        ("/a/**/z", [b"/a/z", b"/a/b/z", b"/a/b/c/z"], [b"/az", b"/a/zz", b"/a/z/b"]),
        ("/**/*.css", [b"/x.css", b"/a/b/x.css", b"/.css"], [b"/x.css/y", b"/xcss"]),
        ("/files/*-small.*", [b"/files/a-small.png"], [b"/files/a.png", b"/files/x/a-small.png"]),
        ("/a.b", [b"/a.b"], [b"/axb"]),
        ("/a+(b)/*", [b"/a+(b)/c"], [b"/aab/c"]),
        ("/caf\u00e9", [b"/caf%C3%A9/x"], [b"/cafe"]),
        ("/%7euser/%2f", [b"/~user/%2F"], [b"/%7euser/%2f"]),
        ('/a"{b}|c^', [b'/a"{b}|c^/d'], [b"/a%22%7Bb%7D%7Cc%5E"]),
        ("/a\\b c", [b"/a%5Cb%20c"], [b"/a/b c"]),
        ("/line*", [b"/line\nfeed"], [b"/lin"]),
    ],
)
def test_path_patterns(pattern: str, fitting: list[bytes], others: list[bytes]) -> None:
    patterns = PathPatterns([pattern])
    assert [path for path in fitting if not patterns.fits(path)] == []
    assert [path for path in others if patterns.fits(path)] == []


def test_any_of_several_path_patterns_will_do() -> None:
    patterns = PathPatterns(["/a", "/b/*", "/c/**/d"])
    assert [path for path in (b"/a/x", b"/b/x", b"/c/d", b"/b/x/y", b"/d") if patterns.fits(path)] == [b"/a/x", b"/b/x", b"/c/d"]
    assert not PathPatterns([]).fits(b"/")


@pytest.mark.parametrize("pattern", ["api", "", "/%zz", "/a%"])
def test_path_patterns_that_are_none(pattern: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        PathPatterns([pattern])


@pytest.mark.parametrize("pattern", ["/~user/%7e", "/caf\u00e9 {x}/y", "/a\\b", "/%2f%c3%A9"])
def test_patterns_are_spelt_as_the_wire_spells_paths(pattern: str) -> None:
    assert PathPatterns([pattern]).fits(normalise(pattern.replace(" ", "%20").replace("\u00e9", "%c3%a9").encode()))


def test_matching_a_hostile_path_is_linear() -> None:
    patterns = PathPatterns(["/**/*a*a*a*a*a*a*b/**/*a*a*a*a*b"])
    path = b"/a" * 4000 + b"a" * 24_000
    start = time.perf_counter()
    assert not patterns.fits(path)
    assert time.perf_counter() - start < 1.0  # a backtracking engine would not come back at all


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        (
            "cms.example",
            [b"cms.example", b"cms.example:8443", b"cms.example.", b"cms.example.:80", b"cms.example:"],
            [b"a.cms.example"],
        ),
        ("CMS.Example.", [b"cms.example"], [b"cms.example.org"]),
        ("*.cms.example", [b"a.cms.example", b"b.a.cms.example:443"], [b"cms.example", b".cms.example", b"acms.example"]),
        ("[2001:db8::1]", [b"[2001:db8::1]", b"[2001:db8::1]:8443"], [b"[2001:db8::2]"]),
        ("m\u00fcnchen.example", [b"xn--mnchen-3ya.example"], [b"munchen.example"]),
        ("192.0.2.1", [b"192.0.2.1:80"], [b"192.0.2.10"]),
    ],
)
def test_host_patterns(pattern: str, fitting: list[bytes], others: list[bytes]) -> None:
    patterns = HostPatterns([pattern])
    assert [host for host in fitting if not patterns.fits(host)] == []
    assert [host for host in [*others, b""] if patterns.fits(host)] == []


@pytest.mark.parametrize("pattern", ["", "*.", "cms.example:80", "https://cms.example", "a.*.example", "*", "2001:db8::1"])
def test_host_patterns_that_are_none(pattern: str) -> None:
    with pytest.raises(ValueError, match="is no host name"):
        HostPatterns([pattern])


def test_host_of_drops_port_and_root() -> None:
    assert host_of(b"a.example.:80") == b"a.example"
    assert host_of(b"[::1]") == b"[::1]"
    assert host_of(b"a.example:80x") == b"a.example:80x"


def test_the_first_route_that_fits_counts_and_the_rest_is_default() -> None:
    routes = table(
        {"name": "login", "paths": ["/auth/login"], "methods": ["POST"]},
        {"name": "tenant", "hosts": ["*.cms.example"]},
        {"name": "api", "paths": ["/auth", "/items/*"]},
    )
    assert routes.find(request(b"/auth/login", b"POST")).name == "login"
    assert routes.find(request(b"/auth/login")).name == "api"
    assert routes.find(request(b"/auth/login", authority=b"acme.cms.example:443")).name == "tenant"
    assert routes.find(request(b"/items/1")).name == "api"
    assert routes.find(request(b"/items/1/2")).name == "default"
    assert [route.name for route in routes.routes] == ["login", "tenant", "api", "default"]


def test_a_route_fills_in_what_it_does_not_say() -> None:
    routes = table(
        {
            "name": "upload",
            "paths": ["/assets"],
            "body": "100MiB",
            "cache": False,
            "policies": ["address"],
            "first_byte_seconds": 90,
        },
        wire={"body": "1MiB"},
    )
    upload, default = routes.find(request(b"/assets")), routes.find(request(b"/"))
    assert (upload.body, upload.cache, upload.policies, upload.first_byte_seconds) == (100 * 1024**2, False, ("address",), 90)
    assert (default.body, default.cache, default.policies, default.first_byte_seconds) == (1024**2, True, None, 30)
    assert default is routes.default


def test_a_cache_that_is_off_is_off_for_every_route() -> None:
    assert table({"name": "all", "cache": True}, cache={"enabled": False}).find(request(b"/")).cache is False


@pytest.mark.parametrize(
    ("general", "own", "result"),
    [
        ("enforce", None, "enforce"),
        ("enforce", "shadow", "shadow"),
        ("enforce", "off", "off"),
        ("shadow", "enforce", "shadow"),
        ("off", "enforce", "off"),
        ("off", None, "off"),
    ],
)
def test_the_general_mode_of_rules_is_the_last_word(general: str, own: str | None, result: str) -> None:
    assert table({"name": "all", "waf": own}, waf={"mode": general}).find(request(b"/")).waf == result


def test_a_route_may_have_dials_beside_its_mode() -> None:
    found = table({"name": "all", "waf": {"mode": "shadow", "packs": {"a03-sql": {"sensitivity": "strict"}}}}).find(request(b"/"))
    assert found.waf == "shadow"
    dials = table({"name": "all", "waf": {"packs": {"a03-sql": {"mode": "shadow"}}}}).find(request(b"/"))
    assert dials.waf == "enforce"
