"""What a regression test says, as plain values: what is sent, and what is to come of it. Nothing here knows a file format."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Input:
    """What a client sends.

    Attributes:
        headers: in the order in which they are sent.
        data: the body as it was written; None where there is none.
        whole: the whole request, which takes the place of all the rest; None where it is put together.
        autocomplete: whether the client adds the fields and the encoding that a body needs.
        empty_length: whether a request without a body tells its length, where its method may have one.
        follow_redirect: whether the target comes from the Location field of the stage before.
    """

    method: str = "GET"
    uri: str = "/"
    version: str = "HTTP/1.1"
    headers: tuple[tuple[str, str], ...] = ()
    data: bytes | None = None
    whole: bytes | None = None
    autocomplete: bool = True
    empty_length: bool = True
    follow_redirect: bool = False


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is to come of it; what is empty is not asked.

    Attributes:
        status: one of these is answered.
        expect_ids: rules that must match; `no_expect_ids`: rules that must not.
        match_regex: an expression that must be found in a line of the log; `no_match_regex`: one that must not.
        response_contains: an expression that must be found in the response, its head included.
        expect_error: no answer comes; nothing else is looked at then.
        isolated: exactly one rule matches.
    """

    status: tuple[int, ...] = ()
    expect_ids: tuple[str, ...] = ()
    no_expect_ids: tuple[str, ...] = ()
    match_regex: str = ""
    no_match_regex: str = ""
    response_contains: str = ""
    expect_error: bool = False
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One request of a test."""

    input: Input
    output: Expectation


@dataclass(frozen=True, slots=True)
class Case:
    """A test: its stages are sent one after the other.

    Attributes:
        id: rule and number, such as `942100-1`.
        file: where it was read, for people.
    """

    id: str
    file: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a stage.

    Attributes:
        status: of the answer; 0 where none came.
        ids: rules that matched, in order.
        lines: a line of log for each match.
        response: head and body as they were answered.
        error: why there was no answer; empty where there was one.
        sent: the request.
        location: of the answer, for `follow_redirect`.
        untold: how many more rules matched than the log names.
    """

    status: int = 0
    ids: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    response: bytes = b""
    error: str = ""
    sent: bytes = field(default=b"", repr=False)
    location: str = ""
    untold: int = 0
