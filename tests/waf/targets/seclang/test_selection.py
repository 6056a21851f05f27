from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.syntax import Variable
from edgeguard.waf.targets.seclang.selection import Selection, exclusion, literal_start, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.seclang.kind import VariableKind
    from edgeguard.waf.targets.seclang.selection import Exclusion
    from edgeguard.waf.targets.sources import Pair

TARGET = b"/?a=1&B=2&utm_x=3&b=4"
ARGS = Variable("ARGS")


def nothing(_kind: VariableKind, _key: bytes | None) -> Sequence[Pair]:
    return ()


def not_(name: str, selector: str | None = None, *, pattern: bool = False) -> Variable:
    return Variable(name, selector, pattern=pattern, excluded=True)


def values(seen: Seen, *variables: Variable, exclusions: Sequence[Exclusion] = ()) -> list[tuple[bytes, bytes]]:
    return list(Selection(variables).values(seen, nothing, exclusions))


@pytest.fixture
def seen(state: Any) -> Any:
    return state(TARGET, [(b"referer", b"r"), (b"cookie", b"__utma=1;id=2")])


def test_in_the_order_of_the_rule(seen: Seen) -> None:
    listed = (Variable("REQUEST_HEADERS", "Referer"), Variable("ARGS", "b"), Variable("REQUEST_METHOD"))
    assert values(seen, *listed) == [
        (b"REQUEST_HEADERS:Referer", b"r"), (b"ARGS:B", b"2"), (b"ARGS:b", b"4"), (b"REQUEST_METHOD", b"GET"),
    ]  # fmt: skip


def test_a_value_named_twice_comes_twice(seen: Seen) -> None:
    assert values(seen, Variable("ARGS", "a"), Variable("ARGS", "A")) == [(b"ARGS:a", b"1")] * 2


def test_patterns(seen: Seen) -> None:
    assert values(seen, Variable("ARGS", "^UTM_", pattern=True)) == [(b"ARGS:utm_x", b"3")]
    assert values(seen, Variable("REQUEST_COOKIES", "__utm", pattern=True)) == [(b"REQUEST_COOKIES:__utma", b"1")]


@pytest.mark.parametrize(
    ("left_out", "names"),
    [
        (not_("ARGS", "b"), [b"ARGS:a", b"ARGS:utm_x"]),
        (not_("ARGS", "^utm_|^B", pattern=True), [b"ARGS:a"]),
        (not_("ARGS"), []),
        (not_("ARGS_GET", "a"), [b"ARGS:a", b"ARGS:B", b"ARGS:utm_x", b"ARGS:b"]),
        (not_("ARGS_NAMES"), [b"ARGS:a", b"ARGS:B", b"ARGS:utm_x", b"ARGS:b"]),
    ],
)
def test_exclusions(seen: Seen, left_out: Variable, names: list[bytes]) -> None:
    assert [name for name, _ in values(seen, ARGS, left_out)] == names
    assert [name for name, _ in values(seen, left_out, ARGS)] == names
    assert [name for name, _ in values(seen, ARGS, exclusions=[exclusion(left_out)])] == names


def test_what_is_left_out_whole_is_left_out_by_name_too(seen: Seen) -> None:
    assert values(seen, Variable("ARGS", "a"), Variable("REQUEST_METHOD"), not_("ARGS")) == [(b"REQUEST_METHOD", b"GET")]
    assert values(seen, Variable("REQUEST_METHOD"), not_("REQUEST_METHOD")) == []
    assert values(seen, Variable("ARGS", "^a", pattern=True), not_("ARGS", "^a", pattern=True)) == []


def test_counts(seen: Seen) -> None:
    count = Variable("ARGS", count=True)
    assert values(seen, count) == [(b"&ARGS", b"4")]
    assert values(seen, Variable("ARGS", "b", count=True)) == [(b"&ARGS:b", b"2")]
    assert values(seen, Variable("ARGS", "^utm", pattern=True, count=True)) == [(b"&ARGS:/^utm/", b"1")]
    assert values(seen, Variable("REQUEST_HEADERS", "x-none", count=True)) == [(b"&REQUEST_HEADERS:x-none", b"0")]
    assert values(seen, Variable("REQUEST_METHOD", count=True)) == [(b"&REQUEST_METHOD", b"1")]


def test_exclusions_drop_a_count_or_leave_it(seen: Seen) -> None:
    count = Variable("ARGS", count=True)
    assert values(seen, count, not_("ARGS", "a")) == [(b"&ARGS", b"4")]
    assert values(seen, count, not_("ARGS")) == []
    assert values(seen, count, exclusions=[exclusion(Variable("ARGS"))]) == []
    assert values(seen, Variable("ARGS", "a", count=True), exclusions=[exclusion(Variable("ARGS", "A"))]) == []


def test_xml_is_left_out_by_its_expression(state: Any, content: Any) -> None:
    class Tree:
        def values(self, path: str, _namespaces: Any) -> list[bytes]:
            return [path.encode()]

    seen = state(content=content(xml=Tree()))
    both = (Variable("XML", "/*"), Variable("XML", "//@*"))
    assert values(seen, *both) == [(b"XML:/*", b"/*"), (b"XML://@*", b"//@*")]
    assert values(seen, *both, not_("XML", "/*")) == [(b"XML://@*", b"//@*")]
    assert values(seen, *both, exclusions=[exclusion(Variable("XML", "//@*"))]) == [(b"XML:/*", b"/*")]
    assert values(seen, *both, not_("XML")) == []


def test_the_evaluation_is_asked_for_its_own(seen: Seen) -> None:
    asked: list[tuple[str, bytes | None]] = []

    def supply(kind: VariableKind, key: bytes | None) -> Sequence[Pair]:
        asked.append((kind.name, key))
        return [(b"score", b"5"), (b"other", b"1")] if kind.name == "TX" else ()

    listed = (Variable("TX", "Score"), Variable("TX", count=True), Variable("MATCHED_VAR"), Variable("IP"))
    assert list(Selection(listed).values(seen, supply)) == [(b"TX:score", b"5"), (b"&TX", b"2"), (b"MATCHED_VAR", b"")]
    assert asked == [("TX", b"score"), ("TX", None), ("MATCHED_VAR", None), ("IP", None)]


def test_what_a_part_admits() -> None:
    (part,) = Selection([ARGS, not_("ARGS", "id"), not_("ARGS", "^utm_", pattern=True)]).parts
    assert part.admits(b"x")
    assert not part.admits(b"ID")
    assert not part.admits(b"utm_a")
    (named,) = Selection([Variable("ARGS", "Id")]).parts
    assert named.admits(b"iD")
    assert not named.admits(b"x")
    (matched,) = Selection([Variable("ARGS", "^a", pattern=True)]).parts
    assert matched.admits(b"ab")
    assert not matched.admits(b"ba")


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        (Variable("ARG"), "did you mean 'ARGS'"),
        (Variable("REQUEST_URI", "a"), "takes no selector"),
        (not_("ARGZ"), "did you mean 'ARGS'"),
        (Variable("ARGS", "(", pattern=True), "[(]"),
    ],
)
def test_what_makes_no_sense_is_refused(variable: Variable, message: str) -> None:
    with pytest.raises(Refused, match=message):
        Selection([variable])


def test_selectors_are_bytes(state: Any) -> None:
    latin = b"\xe4".decode("utf-8", "surrogateescape")
    seen = state(b"/?%E4=1&b=2")
    assert values(seen, Variable("ARGS", latin)) == [(b"ARGS:\xe4", b"1")]
    assert values(seen, Variable("ARGS", latin, count=True)) == [(b"&ARGS:\xe4", b"1")]


@pytest.mark.parametrize("name", ["ARGS", "REQUEST_URI", "REQUEST_HEADERS", "XML", "TX"])
def test_a_part_names_values_as_its_kind_does(name: str) -> None:
    (part,) = Selection([Variable(name)]).parts
    assert part.full_name(b"x-y") == part.kind.full_name(b"x-y")


def test_notes_name_what_never_has_a_value() -> None:
    (note,) = Selection([ARGS, Variable("SCRIPT_UID")]).notes
    assert note.startswith("SCRIPT_UID: ")


def test_select() -> None:
    assert select([(b"A", b"1"), (b"b", b"2")], b"a") == [(b"A", b"1")]


@pytest.mark.parametrize(
    ("pattern", "begins"),
    [
        ("^own_", b"own_"),
        ("^Own_x.*", b"own_x"),
        ("^ab*", b"a"),
        ("^ab?c", b"a"),
        ("^ab{0,1}", b"a"),
        ("^ab+", b"ab"),
        ("^a|b", b""),
        ("ab", b""),
        ("^(?:a)", b""),
    ],
)
def test_what_names_begin_with(pattern: str, begins: bytes) -> None:
    assert literal_start(pattern) == begins
