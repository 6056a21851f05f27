from __future__ import annotations

from edgeguard.waf.graphql.request import Asked, in_json, in_pairs, in_query


def test_in_json() -> None:
    entry = (("query", "{a}"), ("variables", (("n", "10"), ("s", "x"), ("n", "7"), ("o", (("p", "1"),)))))
    assert in_json(entry) == [Asked(b"{a}", {"n": 10})]
    assert in_json([entry, (("query", "{b}"),), "x"]) == [Asked(b"{a}", {"n": 10}), Asked(b"{b}", {})]


def test_of_two_documents_both_are_looked_at() -> None:
    assert [asked.document for asked in in_json((("query", "{a}"), ("query", "{b}")))] == [b"{a}", b"{b}"]


def test_what_has_no_document() -> None:
    assert in_json("x") == in_json((("query", None),)) == in_json((("data", (("query", "{a}"),)),)) == in_pairs([]) == []


def test_in_a_query_and_a_form() -> None:
    assert in_query(b"query=%7Ba%7D&variables=%7B%22n%22%3A5%7D") == [Asked(b"{a}", {"n": 5})]
    assert in_pairs([(b"query", b"{a}"), (b"variables", b"{")]) == [Asked(b"{a}", {})]
    assert in_query(None) == []
