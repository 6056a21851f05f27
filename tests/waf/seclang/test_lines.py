from __future__ import annotations

from edgeguard.waf.seclang.lines import statements


def read(text: str) -> list[tuple[str, str, int]]:
    return [(one.name, one.rest, one.line) for one in statements(text)]


def test_one_directive_a_line_and_no_comments() -> None:
    assert read("# a\n\nSecA b\r\n  SecB\tc d  \n#SecC e\n") == [("SecA", "b", 3), ("SecB", "c d", 4)]


def test_a_backslash_joins_lines_without_what_the_next_begins_with() -> None:
    assert read('SecRule A \\\n    "b,\\\n    c"\nSecB d') == [("SecRule", 'A "b,c"', 1), ("SecB", "d", 4)]


def test_two_backslashes_join_nothing() -> None:
    assert read("SecA b\\\\\nSecB c") == [("SecA", "b\\\\", 1), ("SecB", "c", 2)]


def test_a_file_may_end_in_the_middle() -> None:
    assert read("SecA b \\") == [("SecA", "b ", 1)]


def test_an_empty_line_ends_what_was_to_go_on() -> None:
    assert read("SecA b\\\n\nSecB c") == [("SecA", "b", 1), ("SecB", "c", 3)]


def test_a_rule_is_commented_out_with_all_its_lines_another_comment_is_one_line() -> None:
    assert read('# SecRule A "b" \\\n  "id:1"\n# see \\\nSecB c\n#SecAction \\\n# "id:1"\nSecD e') == [
        ("SecB", "c", 4),
        ("SecD", "e", 7),
    ]


def test_a_name_alone_and_a_name_that_goes_on() -> None:
    assert read("SecA") == [("SecA", "", 1)]
    assert read("Sec\\\nA b") == [("SecA", "b", 1)]


def test_lines_are_found_by_offset() -> None:
    one = next(statements('\nSecRule A \\\n  "b" \\\n  "c"'))
    assert one.rest == 'A "b" "c"'
    assert [one.line_at(one.rest.index(sign)) for sign in "Abc"] == [2, 3, 4]
    assert one.line_at(10_000) == 4


def test_a_line_that_ends_within_is_seen() -> None:
    one = next(statements('SecRule A "b\\\n c" "d"'))
    assert one.joined_within(2, 6)
    assert not one.joined_within(6, 9)
