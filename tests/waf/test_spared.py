from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.spared import spared

JSON = "http.request.json.values"


@pytest.mark.parametrize(
    ("target", "fitting", "others"),
    [
        (f"{JSON}:data.title", [b"data.title", b"Data.Title"], [b"data.title.x", b"data", b"title"]),
        (f"{JSON}:data.*.title", [b"data.a.title", b"data.attributes.title"], [b"data.title", b"data.a.b.title"]),
        (f"{JSON}:data.**", [b"data", b"data.a", b"data.a.b"], [b"database", b"x.data"]),
        (f"{JSON}:**.title", [b"title", b"a.b.title"], [b"subtitle", b"title.x"]),
        (f"{JSON}:data.body_*", [b"data.body_en", b"data.body_"], [b"data.body", b"data.body_en.x"]),
        (JSON, [b"", b"anything"], []),
    ],
)
def test_a_key_may_have_wildcards(target: str, fitting: list[bytes], others: list[bytes]) -> None:
    one = spared(target)
    assert [name for name in fitting if not one.hides(JSON, name)] == []
    assert [name for name in others if one.hides(JSON, name)] == []
    assert not one.hides("http.request.query.values", fitting[0])


def test_a_group_hides_values_of_all_its_lists() -> None:
    one = spared("http.request.arguments:q")
    assert one.hides("http.request.query.values", b"q")
    assert one.hides(JSON, b"q")
    assert not one.hides("http.request.headers", b"q")


def test_the_user_agent_is_one_field() -> None:
    one = spared("http.user_agent")
    assert one.hides("http.request.headers", b"user-agent")
    assert not one.hides("http.request.headers", b"referer")


def test_a_json_path_in_the_words_of_seclang() -> None:
    left_out = spared(f"{JSON}:data.tags.*").left_out
    assert {each.kind for each in left_out} == {"ARGS", "ARGS_POST"}
    assert left_out[0].covers(b"json.data.tags.a")
    assert left_out[0].covers(b"json.data.array_3.tags.array_0.a.array_1")
    assert not left_out[0].covers(b"json.data.title")
    assert not left_out[0].covers(b"data.tags.a")


def test_the_whole_of_a_list_in_the_words_of_seclang() -> None:
    assert [(each.kind, each.whole) for each in spared("http.request.headers").left_out] == [("REQUEST_HEADERS", True)]
    assert all(each.covers(b"json.x") and not each.covers(b"x") for each in spared(JSON).left_out)


def test_seclangs_own_words() -> None:
    one = spared("ARGS:Body")
    assert [(each.kind, each.key) for each in one.left_out] == [("ARGS", b"body")]
    assert not one.hides("http.request.query.values", b"body")


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("http.request.jsn.values", "unknown target 'http.request.jsn.values'; did you mean 'http.request.json.values'?"),
        ("http.request.path:x", "takes no name after a colon"),
        ("http.request.json.values:", "a name is missing after the colon"),
        ("ARG:x", "unknown target 'ARG'; did you mean 'ARGS'?"),
    ],
)
def test_what_nobody_knows(target: str, told: str) -> None:
    with pytest.raises(Refused, match=told.replace("?", r"\?")):
        spared(target)


def test_long_names_cost_no_more_than_their_length() -> None:
    assert not spared(f"{JSON}:**.a.**.b.**.c").hides(JSON, b"a." * 50_000)
