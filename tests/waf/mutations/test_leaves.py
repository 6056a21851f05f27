from __future__ import annotations

from edgeguard.waf.mutations.leaves import Leaf, leaves

REQUEST = {"path": "/x", "query": {"a": ["1", "2"]}, "json": {"u": [{"n": "v"}, 7, ""]}, "method": "PUT", "account": "acme"}


def test_all_texts_that_a_client_chooses() -> None:
    assert leaves(REQUEST) == [
        Leaf(("path",), "/x"),
        Leaf(("query", "a", 0), "1"),
        Leaf(("query", "a", 1), "2"),
        Leaf(("json", "u", 0, "n"), "v"),
    ]


def test_another_text_in_its_place_leaves_the_request_as_it_was() -> None:
    leaf = leaves(REQUEST)[-1]
    assert leaf.kind == "json"
    assert leaf.replaced(REQUEST, "w")["json"] == {"u": [{"n": "w"}, 7, ""]}
    assert REQUEST["json"] == {"u": [{"n": "v"}, 7, ""]}
