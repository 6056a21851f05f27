from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.conformance.cases import Expectation
from edgeguard.conformance.ftw_format import FormatError, expectation, read_cases

if TYPE_CHECKING:
    from pathlib import Path

NEW = """\
---
meta: {author: someone}
rule_id: 100
tests:
  - test_id: 7
    desc: two stages
    stages:
      - input:
          dest_addr: 127.0.0.1
          port: 80
          method: POST
          uri: "/a?b=1"
          version: HTTP/1.0
          headers: {Host: localhost, Content-Length: 010, Accept: "*/*"}
          data: |
            x
          autocomplete_headers: false
        output:
          status: 400
          log: {expect_ids: [1, 2], no_expect_ids: [3], match_regex: 'a"b', no_match_regex: c}
          retry_once: true
      - input: {encoded_request: R0VUIC8=, follow_redirect: true}
        output: {expect_error: true, isolated: true, response_contains: hello}
  - stages: [{input: {}, output: {}}]
"""

OLD = """\
---
  tests:
    - test_title: 200-1
      stages:
        - stage:
            input:
              stop_magic: true
              data: [one, "", two]
              headers: {B: 1.0, A: ~}
            output: {status: [403, 400], log_contains: 'id "200"', no_log_contains: x}
"""


def read(folder: Path, text: str, name: str = "100.yaml"):
    (folder / name).write_text(text)
    return read_cases(folder)


def test_the_newer_generation_is_read(tmp_path: Path) -> None:
    first, second = read(tmp_path, NEW)
    assert (first.id, second.id, first.file) == ("100-7", "100-2", "100.yaml")
    given, output = first.stages[0].input, first.stages[0].output
    assert (given.method, given.uri, given.version, given.data) == ("POST", "/a?b=1", "HTTP/1.0", b"x\n")
    assert given.headers == (("Accept", "*/*"), ("Content-Length", "010"), ("Host", "localhost"))
    assert not given.autocomplete
    assert output == Expectation(
        status=(400,), expect_ids=("1", "2"), no_expect_ids=("3",), match_regex='a"b', no_match_regex="c"
    )


def test_a_whole_request_and_what_follows_a_redirect(tmp_path: Path) -> None:
    stage = read(tmp_path, NEW)[0].stages[1]
    assert (stage.input.whole, stage.input.follow_redirect) == (b"GET /", True)
    assert stage.output == Expectation(expect_error=True, isolated=True, response_contains="hello")


def test_what_is_not_said_is_left_to_its_defaults(tmp_path: Path) -> None:
    given = read(tmp_path, NEW)[1].stages[0].input
    assert (given.method, given.uri, given.version, given.data, given.autocomplete) == ("GET", "/", "HTTP/1.1", None, True)
    assert given.empty_length


def test_the_older_generation_is_read(tmp_path: Path) -> None:
    (case,) = read(tmp_path, OLD)
    given, output = case.stages[0].input, case.stages[0].output
    assert case.id == "200-1"
    assert (given.data, given.autocomplete, given.empty_length) == (b"one\r\n\r\ntwo", False, False)
    assert ("B", "1.0") in given.headers
    assert output == Expectation(status=(403, 400), match_regex='id "200"', no_match_regex="x")


def test_fields_in_a_list_keep_their_order(tmp_path: Path) -> None:
    text = "rule_id: 1\ntests: [{stages: [{input: {headers: [{name: b, value: x}, {name: a, value: y}]}, output: {}}]}]"
    assert read(tmp_path, text)[0].stages[0].input.headers == (("b", "x"), ("a", "y"))


def test_a_rule_that_the_file_does_not_name_is_that_of_its_name(tmp_path: Path) -> None:
    assert read(tmp_path, "tests: [{stages: [{input: {}, output: {}}]}]", "920100.yaml")[0].id == "920100-1"


def test_files_without_tests_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("# nothing but a comment\n")
    (tmp_path / "known.yaml").write_text("version: v0\ntest_overrides: []\n")
    assert len(read(tmp_path, NEW)) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tests: [{stages: [{input: {colour: red}, output: {}}]}]", "'colour'"),
        ("tests: [{stages: [{input: {}, output: {log: {ids: [1]}}}]}]", "'ids'"),
        ("tests: [{stages: [{input: {}, output: {log: {match_regex: '('}}}]}]", "no expression"),
        ("tests: [{stages: [{input: {}, output: {status: fine}}]}]", "'fine'"),
        ("tests: [{stages: [{input: {autocomplete_headers: perhaps}, output: {}}]}]", "'perhaps'"),
        ("tests: [{stages: [{input: {data: '{{ .Payload }}'}, output: {}}]}]", "template"),
        ("tests: [{stages: [{input: {encoded_request: abc}, output: {}}]}]", "base64"),
        ("tests: [{stages: [{output: {}}]}]", "'input'"),
        ("rules: []", "no tests"),
        ("tests: [", "parsing"),
    ],
)
def test_what_is_not_known_is_told_with_its_file(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(tmp_path, text)
    (fault,) = caught.value.faults
    assert "100.yaml" in fault
    assert told in fault


def test_an_expectation_alone_is_read_too() -> None:
    assert expectation({"status": "405"}) == Expectation(status=(405,))
    with pytest.raises(ValueError, match="'ids'"):
        expectation({"ids": []})
