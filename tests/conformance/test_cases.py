from __future__ import annotations

from edgeguard.conformance.cases import Expectation, Input


def test_what_a_test_does_not_say_is_what_its_client_sends_by_default() -> None:
    given = Input()
    assert (given.method, given.uri, given.version, given.autocomplete) == ("GET", "/", "HTTP/1.1", True)


def test_expectations_that_ask_the_same_are_equal() -> None:
    assert Expectation(status=(400,)) == Expectation(status=(400,))
    assert Expectation() != Expectation(expect_error=True)
