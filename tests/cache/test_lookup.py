from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.cache.dates import format_date
from edgeguard.cache.filling import Filling
from edgeguard.message import Body, Headers, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.clock import ManualClock

TAG = '"a"'


@pytest.fixture
def table(desk: Callable[..., Any]) -> Any:
    return desk()


def test_a_stored_answer_is_a_hit_until_it_is_stale(table: Any, clock: ManualClock) -> None:
    assert table.ask().state == "miss"
    assert table.store(cache_control="max-age=60", etag=TAG)
    clock.advance(59)
    found = table.ask()
    assert (found.state, found.tier, found.serves) == ("hit", "memory", True)
    assert found.respond(table.request()).body.whole == b"body"
    clock.advance(1)
    assert table.ask().state == "stale"


def test_a_stale_answer_without_validator_is_a_miss(table: Any, clock: ManualClock) -> None:
    table.store(cache_control="max-age=60")
    clock.advance(60)
    assert table.ask().state == "miss"


def test_head_is_answered_from_what_get_stored_but_stores_nothing(table: Any) -> None:
    request = table.request(method="HEAD")
    found = table.ask(method="HEAD")
    assert found.on_response(request, table.response(cache_control="max-age=60")) is None
    assert table.ask().state == "miss"
    table.store(cache_control="max-age=60")
    response = table.ask(method="HEAD").respond(request)
    assert (response.body.whole, response.headers.get(b"content-length")) == (b"", b"4")


@pytest.mark.parametrize(
    "asked", [{"method": "POST"}, {"range": "bytes=0-1"}, {"if_match": TAG}, {"x_http_method_override": "PUT"}]
)
def test_what_a_cache_may_not_answer_passes_by(table: Any, asked: dict[str, str]) -> None:
    table.store(cache_control="public, max-age=60")
    found = table.ask(**asked)
    assert (found.state, found.stored, found.conditions()) == ("bypass", None, [])
    assert found.on_response(table.request(**asked), table.response(cache_control="max-age=60")) is None
    assert found.on_error(table.request(**asked)) is None


def test_a_cache_that_is_switched_off_answers_and_stores_nothing(desk: Callable[..., Any]) -> None:
    table = desk(enabled=False)
    assert not table.store(cache_control="max-age=60")
    assert table.ask().state == "bypass"


@pytest.mark.parametrize("directive", ["no-cache", "max-age=0", "min-fresh=100", "max-stale=0"])
def test_a_client_can_not_send_requests_through_to_the_origin(table: Any, directive: str) -> None:
    table.store(cache_control="max-age=60")
    assert table.ask(cache_control=directive, pragma="no-cache").state == "hit"


def test_no_store_keeps_an_answer_out_but_not_from_being_found(table: Any) -> None:
    assert not table.store(cache_control="max-age=60", asking={"cache_control": "no-store"})
    assert table.store(cache_control="max-age=60")
    assert table.ask(cache_control="no-store").state == "hit"


def test_only_if_cached_is_answered_by_the_edge(table: Any, clock: ManualClock) -> None:
    found = table.ask(cache_control="only-if-cached")
    assert (found.state, found.serves) == ("unsatisfied", True)
    assert found.respond(table.request()).status == 504
    table.store(cache_control="max-age=60", etag=TAG)
    assert table.ask(cache_control="only-if-cached").state == "hit"
    clock.advance(60)
    found = table.ask(cache_control="only-if-cached")
    assert (found.state, found.respond(table.request()).status) == ("unsatisfied", 504)


CREDENTIALS: list[dict[str, Any]] = [{"authorization": "Bearer x"}, {"cookie": "session=x"}, {"identified": True}]


@pytest.mark.parametrize("who", CREDENTIALS)
def test_who_is_known_gets_only_what_is_for_all(table: Any, who: dict[str, Any]) -> None:
    table.store("/plain", cache_control="max-age=60")
    table.store("/public", cache_control="public, max-age=60")
    assert table.ask("/plain", **who).state == "miss"
    assert table.ask("/plain", **who).status() == b"edgeguard; fwd=request"
    assert table.ask("/public", **who).state == "hit"


@pytest.mark.parametrize("who", CREDENTIALS)
def test_what_is_sent_to_one_who_is_known_is_not_stored_for_others(table: Any, who: dict[str, Any]) -> None:
    headers = {name: value for name, value in who.items() if name != "identified"}
    for control, stored in (("max-age=60", False), ("public, max-age=60", True), ("s-maxage=60", True)):
        path = "/" + control
        found = table.ask(path, **who)
        request = table.request(path, **headers)
        assert table.fill(found, request, table.response(cache_control=control)) is stored
        assert table.ask(path).state == ("hit" if stored else "miss")


@pytest.mark.parametrize("control", ["max-age=60", "public, max-age=60", "public, s-maxage=60, must-revalidate"])
def test_a_response_with_set_cookie_is_never_stored(table: Any, control: str) -> None:
    assert not table.store(cache_control=control, set_cookie="a=b")


def test_variants(table: Any) -> None:
    table.store(body=b"en", asking={"accept_language": "en"}, cache_control="max-age=60", vary="Accept-Language")
    assert table.ask(accept_language="en").state == "hit"
    assert table.ask(accept_language="de").state == "miss"
    assert table.ask(accept_language="de").status() == b"edgeguard; fwd=vary-miss"
    table.store(body=b"de", asking={"accept_language": "de"}, cache_control="max-age=60", vary="Accept-Language")
    bodies = {tongue: table.ask(accept_language=tongue).stored.body for tongue in ("en", "de")}
    assert bodies == {"en": b"en", "de": b"de"}


def test_a_request_changed_after_the_look_up_does_not_change_the_variant(table: Any) -> None:
    request = table.request(accept_encoding="br")
    found = table.cache.lookup(request)
    request.headers.set(b"accept-encoding", b"identity")
    table.fill(found, request, table.response(cache_control="max-age=60", vary="accept-encoding"))
    assert table.ask(accept_encoding="br").state == "hit"
    assert table.ask(accept_encoding="identity").state == "miss"


def stale(table: Any, clock: ManualClock, **headers: str) -> Any:
    """A look-up that found a stale answer."""
    table.store(**{"cache_control": "max-age=60", "etag": TAG, "content_type": "text/plain", **headers})
    clock.advance(100)
    found = table.ask()
    assert found.state == "stale"
    return found


def test_a_304_makes_the_stored_answer_fresh_again(table: Any, clock: ManualClock) -> None:
    found = stale(table, clock)
    assert found.conditions() == [(b"if-none-match", b'"a"')]
    update = table.response(b"", 304, etag=TAG, cache_control="max-age=10", x_new="1", content_type="text/html")
    answer = found.on_response(table.request(), update)
    assert isinstance(answer, Response)
    assert (answer.status, answer.body.whole, answer.headers.get(b"age")) == (200, b"body", b"0")
    assert (answer.headers.get(b"x-new"), answer.headers.get(b"content-type")) == (b"1", b"text/plain")
    assert found.status(304) == b"edgeguard; fwd=stale; fwd-status=304; stored"
    clock.advance(9)
    assert table.ask().state == "hit"
    clock.advance(1)
    assert table.ask().state == "stale"


def test_a_head_can_confirm_the_stored_answer(table: Any, clock: ManualClock) -> None:
    stale(table, clock)
    found, asked = table.ask(method="HEAD"), table.request(method="HEAD")
    found.conditions()
    answer = found.on_response(asked, table.response(b"", 304, cache_control="max-age=10"))
    assert (answer.status, answer.body.whole) == (200, b"")
    assert table.ask().state == "hit"


async def test_a_stale_answer_to_head_is_refreshed_by_one_get(table: Any, clock: ManualClock) -> None:
    table.store(cache_control="max-age=60, stale-while-revalidate=30")
    clock.advance(60)
    found = table.ask(method="HEAD")
    assert found.state == "stale-ok"
    flights = [table.cache.join(found), table.cache.join(table.ask(method="HEAD")), table.cache.join(table.ask())]
    assert [flight.leader for flight in flights] == [True, False, False]
    assert table.fill(found, table.request(), table.response(b"new!", cache_control="max-age=60"), b"new!")
    assert table.ask().state == "hit"


def test_the_clients_own_condition_is_answered_after_a_304(table: Any, clock: ManualClock) -> None:
    found = stale(table, clock)
    found.conditions()
    asked = table.request(if_none_match=TAG)
    answer = found.on_response(asked, table.response(b"", 304, cache_control="max-age=10"))
    assert answer.status == 304


def test_a_304_to_the_clients_own_condition_passes_by(table: Any) -> None:
    found = table.ask(if_none_match='"mine"')
    assert found.conditions() == []
    assert found.on_response(table.request(if_none_match='"mine"'), table.response(b"", 304, etag='"mine"')) is None
    assert table.ask().state == "miss"


def test_nor_does_it_where_something_without_validators_is_stored(table: Any, clock: ManualClock) -> None:
    table.store(cache_control="max-age=60, stale-if-error=600")
    clock.advance(100)
    found, asked = table.ask(if_none_match='"mine"'), table.request(if_none_match='"mine"')
    assert (found.state, found.conditions()) == ("stale", [])
    assert found.on_response(asked, table.response(b"", 304, cache_control="max-age=60")) is None
    assert table.ask().state == "stale"


def test_a_304_for_another_tag_is_used_once_and_not_kept(table: Any, clock: ManualClock) -> None:
    found = stale(table, clock)
    found.conditions()
    answer = found.on_response(table.request(), table.response(b"", 304, etag='"b"', cache_control="max-age=10"))
    assert (answer.status, answer.body.whole) == (200, b"body")
    assert table.ask().state == "miss"


@pytest.mark.parametrize("control", ["private", "no-store"])
def test_a_304_that_forbids_storing_is_used_once_and_not_kept(table: Any, clock: ManualClock, control: str) -> None:
    found = stale(table, clock)
    found.conditions()
    answer = found.on_response(table.request(), table.response(b"", 304, cache_control=control))
    assert (answer.body.whole, answer.headers.get(b"cache-control")) == (b"body", control.encode())
    assert table.ask().state == "miss"


def test_a_cookie_in_a_304_goes_to_its_client_only(table: Any, clock: ManualClock) -> None:
    found = stale(table, clock)
    found.conditions()
    answer = found.on_response(table.request(), table.response(b"", 304, set_cookie="a=b", cache_control="max-age=10"))
    assert answer.headers.get(b"set-cookie") == b"a=b"
    assert table.ask().state == "miss"


def test_a_new_answer_takes_the_stale_ones_place(table: Any, clock: ManualClock) -> None:
    found = stale(table, clock)
    assert table.fill(found, table.request(), table.response(b"new!", cache_control="max-age=60"), b"new!")
    assert table.ask().stored.body == b"new!"


def test_a_new_answer_that_may_not_be_stored_removes_the_stale_one(table: Any, clock: ManualClock) -> None:
    found = stale(table, clock)
    assert found.on_response(table.request(), table.response(cache_control="private")) is None
    assert table.ask().state == "miss"


def test_stale_while_revalidate(table: Any, clock: ManualClock) -> None:
    table.store(cache_control="max-age=60, stale-while-revalidate=30", etag=TAG)
    clock.advance(60)
    found = table.ask()
    assert (found.state, found.serves, found.status()) == ("stale-ok", True, b"edgeguard; hit; ttl=0; detail=memory")
    assert found.respond(table.request()).headers.get(b"age") == b"60"
    found.conditions()
    found.on_response(table.request(), table.response(b"", 304, cache_control="max-age=60, stale-while-revalidate=30"))
    assert table.ask().state == "hit"
    clock.advance(90)
    assert table.ask().state == "stale"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_stale_if_error_hides_an_error_of_the_origin(table: Any, clock: ManualClock, status: int) -> None:
    found = stale(table, clock, cache_control="max-age=60, stale-if-error=100")
    answer = found.on_response(table.request(), table.response(b"broken", status))
    assert (answer.status, answer.body.whole, answer.headers.get(b"age")) == (200, b"body", b"100")
    assert table.cache.stats.errors_hidden == 1


def test_stale_if_error_hides_a_lost_origin_for_its_time_only(table: Any, clock: ManualClock) -> None:
    found = stale(table, clock, cache_control="max-age=60, stale-if-error=100")
    assert found.on_error(table.request()).body.whole == b"body"
    clock.advance(60)
    assert table.ask().on_error(table.request()) is None


def test_after_a_failure_others_do_not_wait_for_the_origin_for_a_moment(table: Any, clock: ManualClock) -> None:
    found = stale(table, clock, cache_control="max-age=60, stale-if-error=100")
    found.on_error(table.request())
    assert table.ask().state == "stale-ok"
    clock.advance(5)
    found = table.ask()
    assert found.state == "stale"
    found.on_response(table.request(), table.response(b"", 503))
    background = table.ask()
    assert background.state == "stale-ok"
    table.fill(background, table.request(), table.response(cache_control="max-age=1, stale-if-error=100", etag=TAG))
    clock.advance(1)
    assert table.ask().state == "stale"  # the origin is back


def test_that_moment_ends_with_the_time_for_stale_answers(table: Any, clock: ManualClock) -> None:
    stale(table, clock, cache_control="max-age=60, stale-if-error=43").on_error(table.request())
    clock.advance(3)
    assert table.ask().state == "stale"


@pytest.mark.parametrize("control", ["max-age=60, must-revalidate", "s-maxage=60", "max-age=60, proxy-revalidate"])
def test_an_error_is_not_hidden_where_the_origin_forbids_stale_answers(
    desk: Callable[..., Any], clock: ManualClock, control: str
) -> None:
    table = desk(stale_if_error=1000, stale_while_revalidate=1000)
    found = stale(table, clock, cache_control=control)
    assert found.on_response(table.request(), table.response(b"", 503)) is None
    assert found.on_error(table.request()) is None
    assert table.ask().state == "stale"


def test_no_cache_is_validated_each_time(table: Any) -> None:
    table.store(cache_control="no-cache", etag=TAG)
    found = table.ask()
    assert (found.state, found.conditions()) == ("stale", [(b"if-none-match", b'"a"')])


def test_an_age_from_another_cache_counts(table: Any, clock: ManualClock) -> None:
    table.store(cache_control="max-age=60", age="50", date=format_date(clock.wall()).decode())
    clock.advance(9)
    assert table.ask().respond(table.request()).headers.get(b"age") == b"59"
    clock.advance(1)
    assert table.ask().state == "miss"


def test_the_time_that_the_answer_took_counts(table: Any, clock: ManualClock) -> None:
    found, request = table.ask(), table.request()
    clock.advance(10)
    table.fill(found, request, table.response(cache_control="max-age=60"))
    clock.advance(49)
    assert table.ask().state == "hit"
    clock.advance(1)
    assert table.ask().state == "miss"


@pytest.mark.parametrize("said", ["3", "5", "x", "99999999999", "4, 4"])
def test_a_body_cut_short_or_longer_than_announced_is_not_stored(table: Any, said: str) -> None:
    assert not table.store(body=b"body", content_length=said, cache_control="max-age=60")
    assert table.store(body=b"body", content_length="4", cache_control="max-age=60")


def test_a_dropped_body_is_not_stored(table: Any) -> None:
    filling = table.ask().on_response(table.request(), table.response(cache_control="max-age=60"))
    assert isinstance(filling, Filling)
    filling.write(b"bo")
    filling.drop()
    filling.finish()
    assert (table.ask().state, table.cache.stats.abandoned) == ("miss", 1)


def test_a_large_body_is_not_stored(desk: Callable[..., Any]) -> None:
    table = desk(object=100)
    assert table.store("/100", bytes(100), cache_control="max-age=60")
    assert not table.store("/101", bytes(101), cache_control="max-age=60")


def test_a_head_that_shows_another_length_or_tag_forgets_the_stored_answer(table: Any, clock: ManualClock) -> None:
    for changed in ({"etag": '"b"'}, {"content_length": "5"}):
        stale(table, clock)
        found = table.ask(method="HEAD")
        assert found.on_response(table.request(method="HEAD"), table.response(**changed)) is None
        assert table.ask().state == "miss"
    stale(table, clock)
    table.ask(method="HEAD").on_response(table.request(method="HEAD"), table.response(etag=TAG, content_length="4"))
    assert table.ask().state == "stale"


def test_status_tells_why_nothing_is_stored(table: Any) -> None:
    found = table.ask()
    found.on_response(table.request(), table.response(cache_control="private"))
    assert found.status() == b"edgeguard; fwd=uri-miss; detail=private"
    assert found.status(200, collapsed=True) == b"edgeguard; fwd=uri-miss; fwd-status=200; collapsed; detail=private"
    assert table.ask(method="POST").status() == b"edgeguard; fwd=method"
    assert table.ask(range="bytes=0-1").status() == b"edgeguard; fwd=bypass"
    found = table.ask("/stored")
    found.on_response(table.request(), table.response(cache_control="max-age=60"))
    assert found.status() == b"edgeguard; fwd=uri-miss; stored"
    table.store(cache_control="max-age=60")
    assert table.ask().status() == b"edgeguard; hit; ttl=60; detail=memory"


async def fetched(table: Any, answer: Response, body: bytes = b"body") -> tuple[bool, str]:
    """A leader and a follower: what the follower is told, and what it finds then."""
    found, request = table.ask(), table.request()
    leader = table.cache.join(found)
    follower = table.cache.join(table.ask())
    assert (leader.leader, follower.leader) == (True, False)
    task = asyncio.create_task(follower.wait())
    await asyncio.sleep(0)
    filling = found.on_response(request, answer)
    if isinstance(filling, Filling):
        await asyncio.sleep(0)
        assert not task.done()
        filling.write(body)
        filling.finish()
    told = await task, table.ask().state
    leader.land(stored=False)
    return told


async def test_followers_wake_when_the_answer_is_stored(table: Any) -> None:
    assert await fetched(table, table.response(cache_control="max-age=60")) == (True, "hit")
    assert table.cache.stats.coalesced == 1


@pytest.mark.parametrize("headers", [{}, {"cache_control": "private"}, {"cache_control": "max-age=9", "set_cookie": "a=b"}])
async def test_followers_go_alone_when_the_head_says_that_it_is_not_shareable(table: Any, headers: dict[str, str]) -> None:
    assert await fetched(table, table.response(**headers)) == (False, "miss")
    assert repr(table.cache.join(table.ask())) == "Flight(leader, alone)"  # and the next ones need not wait for it


async def test_followers_go_alone_when_the_body_is_too_large_or_cut(desk: Callable[..., Any]) -> None:
    table = desk(object=100)
    assert await fetched(table, table.response(cache_control="max-age=60"), bytes(101)) == (False, "miss")
    assert await fetched(table, table.response(cache_control="max-age=60", content_length="5")) == (False, "miss")


async def test_followers_get_the_stale_answer_when_the_origin_fails(table: Any, clock: ManualClock) -> None:
    stale(table, clock, cache_control="max-age=60, stale-if-error=100")
    assert await fetched(table, table.response(status=503)) == (True, "stale-ok")


async def test_an_answer_that_is_stored_after_all_is_waited_for_again(table: Any) -> None:
    table.store(cache_control="private")
    assert table.cache.join(table.ask()).leader
    assert table.cache.join(table.ask()).leader
    filling = table.ask().on_response(table.request(), table.response(cache_control="max-age=60"))
    table.cache.join(table.ask())
    assert not table.cache.join(table.ask()).leader
    filling.drop()


async def test_followers_are_not_sent_to_look_for_what_memory_had_no_room_for(desk: Callable[..., Any]) -> None:
    table = desk(memory=4000)
    assert await fetched(table, table.response(cache_control="max-age=60", x_long="x" * 4000)) == (False, "miss")


async def test_one_odd_error_does_not_end_coalescing(table: Any) -> None:
    assert await fetched(table, table.response(status=400)) == (False, "miss")
    table.cache.join(table.ask())
    assert not table.cache.join(table.ask()).leader


async def test_a_client_with_a_cookie_does_not_end_coalescing_for_others(table: Any) -> None:
    found = table.ask(cookie="a=b")
    found.on_response(table.request(cookie="a=b"), table.response(cache_control="max-age=60"))
    table.cache.join(table.ask())
    assert not table.cache.join(table.ask()).leader


@pytest.mark.parametrize("asked", [{"method": "HEAD"}, {"method": "POST"}, {"cache_control": "no-store"}])
async def test_what_stores_nothing_is_waited_for_by_nobody(table: Any, asked: dict[str, str]) -> None:
    assert repr(table.cache.join(table.ask(**asked))) == "Flight(leader, alone)"


def test_repr_tells_the_state(table: Any) -> None:
    assert repr(table.ask()) == "Lookup(miss, no tier, None)"


def test_reading_a_served_body_leaves_the_stored_one(table: Any) -> None:
    table.store(cache_control="max-age=60")
    body = table.ask().respond(table.request()).body
    assert isinstance(body, Body)
    body.whole = b""
    assert table.ask().respond(table.request()).body.whole == b"body"
    assert isinstance(table.ask().respond(table.request()).headers, Headers)
