from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from editorial_saves import saves

from edgeguard.config.model import Waf
from edgeguard.message import Account, Body, Client, Headers, Request
from edgeguard.waf.editorial.withdraw import Editorial

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset, Verdict
    from edgeguard.waf.bodies.content import Content

EDITOR = Client("203.0.113.7", "203.0.113.7", Account("editor", "token", verified=True))
NOBODY = Client("203.0.113.7", "203.0.113.7")
API = b"application/vnd.api+json"
ATTACK = "x' UNION SELECT password FROM users -- <script>alert(1)</script>"
SECLANG = """
SecRule ARGS|REQUEST_BODY|FULL_REQUEST|ARGS_NAMES "@contains UNION" "id:1,phase:2,deny,msg:'seen in %{MATCHED_VAR_NAME}'"
"""


def request(path: bytes = b"/items/12", kind: bytes = API, size: int = 1, query: bytes | None = None, **fields: bytes) -> Request:
    headers = Headers([(b"content-type", kind), *((name.encode(), value) for name, value in fields.items())])
    method = b"POST" if path == b"/graphql" else b"PATCH"
    return Request(method, path, path, query, b"https", b"cms.example", headers, Body(None, size))


def read(body: bytes, client: Client = EDITOR, path: bytes = b"/items/12", kind: bytes = API, **more: Any) -> Content:
    return Editorial(Waf()).read(request(path, kind), client, body, complete=more.get("complete", True))


def asked(ruleset: Ruleset, body: bytes, client: Client = EDITOR, **of: Any) -> Verdict:
    transaction = ruleset.transaction(request(size=len(body), **of), client)
    head = transaction.request_head()
    return head if head.blocked else transaction.request_body(body)


def save(**attributes: Any) -> bytes:
    return json.dumps({"data": {"type": "item", "attributes": attributes}}).encode()


def test_what_an_editor_wrote_stands_nowhere_else() -> None:
    content = read(save(title="A-TITLE", nested={"deep": ["A-TEXT"]}))
    assert [field.value for field in content.fields] == [b"A-TITLE", b"A-TEXT"]
    assert content.json_values == [(b"data.type", b"item")]
    assert b"A-T" not in content.visible
    assert {key for key, _ in content.json_keys} == {b"data", b"type", b"attributes", b"title", b"nested", b"deep"}


@pytest.mark.parametrize(
    ("body", "of"),
    [
        (save(title=ATTACK), {"client": NOBODY}),
        (save(title=ATTACK), {"client": Client("203.0.113.7", "203.0.113.7", Account("0a", "token", verified=False))}),
        (save(title=ATTACK), {"path": b"/comments"}),
        (save(title=ATTACK), {"path": b"/items/..%2Fadmin"}),
        (save(title=ATTACK), {"kind": b"text/plain"}),
        (save(title=ATTACK), {"kind": b"application/json; charset=x-odd"}),
        (save(title=ATTACK).decode().encode("utf-16"), {}),
        (b"\xef\xbb\xbf" + save(title=ATTACK), {}),
        (save(title=ATTACK)[:-1], {}),
        (save(title=ATTACK), {"complete": False}),
        (save(title=ATTACK)[:-2] + b',"attributes":{"title":"x"}}}', {}),
        (json.dumps({"data.attributes.title": ATTACK}).encode(), {}),
        (json.dumps({"data": {"id": ATTACK, "attributes": {}}}).encode(), {}),
        (json.dumps({"data": {"attributes": {}, "relationships": {"x": {"data": {"id": ATTACK}}}}}).encode(), {}),
    ],
)
def test_all_else_is_inspected(body: bytes, of: dict[str, Any]) -> None:
    content = read(body, **of)
    assert content.fields == []
    assert content.visible == content.raw


def test_keys_within_content_are_inspected(bundle: Ruleset) -> None:
    body = save(**{"' UNION SELECT password FROM users -- ": "x"})
    assert any(b"UNION" in key for key, _ in read(body).json_keys)


@pytest.mark.parametrize("name", ["http.request.any", "http.request.json.values", "http.request.body", "http.request.content"])
def test_rules_of_edgeguard_do_not_see_it(one_rule: Callable[..., Ruleset], name: str) -> None:
    ruleset = one_rule(f"{name}|contains", "UNION")
    assert not asked(ruleset, save(title=ATTACK)).blocked
    assert asked(ruleset, save(title=ATTACK), NOBODY).blocked
    assert asked(ruleset, json.dumps({"data": {"id": ATTACK, "attributes": {"title": "x"}}}).encode()).blocked


def test_rules_see_its_paths_and_names(one_rule: Callable[..., Ruleset]) -> None:
    ruleset = one_rule("http.request.json.paths", "data.attributes.title")
    assert asked(ruleset, save(title="x")).blocked
    assert asked(one_rule("http.request.content_fields:data.attributes.title|contains", "UNION"), save(title=ATTACK)).blocked


def test_rules_of_seclang_do_not_see_it(seclang: Callable[..., Ruleset]) -> None:
    ruleset = seclang(SECLANG)
    assert not asked(ruleset, save(title=ATTACK)).blocked
    assert asked(ruleset, save(title=ATTACK), NOBODY).blocked
    assert asked(ruleset, json.dumps({"data": {"id": ATTACK, "attributes": {"title": "x"}}}).encode()).blocked
    assert asked(ruleset, save(UNION="x")).blocked  # names stay


def test_a_parser_that_a_rule_chose_leaves_no_content(seclang: Callable[..., Ruleset]) -> None:
    script = 'SecAction "id:9,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"\n' + SECLANG
    assert asked(seclang(script), save(title=ATTACK)).blocked


def test_other_parts_of_the_request_are_inspected(bundle: Ruleset) -> None:
    attack = b"%27%20UNION%20SELECT%20password%20FROM%20users--"
    assert asked(bundle, save(title="x"), query=b"fields=" + attack).blocked


def test_forms_have_content_by_name() -> None:
    content = read(b"title=A-TITLE&kind=A-KIND", path=b"/uploads", kind=b"application/x-www-form-urlencoded")
    assert [field.value for field in content.fields] == [b"A-TITLE"]
    assert content.form == [(b"kind", b"A-KIND")]
    assert content.visible == b"title=&kind=A-KIND"
    twice = read(b"title=1&title=2", path=b"/uploads", kind=b"application/x-www-form-urlencoded")
    assert twice.fields == []


def test_multipart_has_content_by_name() -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nA-TITLE\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nA-FILE\r\n--b--\r\n'
    )
    content = read(body, path=b"/uploads", kind=b"multipart/form-data; boundary=b")
    assert [field.value for field in content.fields] == [b"A-TITLE"]
    assert content.form == []
    assert content.files == [(b"file", b"A-FILE")]
    assert b"A-TITLE" not in content.visible
    assert b"A-FILE" in content.visible


def graphql(query: str, **variables: Any) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


def test_variables_of_mutations_are_content() -> None:
    content = read(graphql("mutation M($d: D!) { create(data: $d) { id } }", d={"body": "A-TEXT"}), path=b"/graphql")
    assert [field.value for field in content.fields] == [b"A-TEXT"]
    assert content.json_values == []
    assert content.graphql == [b"mutation M($d: D!) { create(data: $d) { id } }"]


@pytest.mark.parametrize(
    ("body", "client"),
    [
        (graphql("query Q($d: D!) { find(data: $d) { id } }", d={"body": "A-TEXT"}), EDITOR),
        (graphql("{ find { id } }", d={"body": "A-TEXT"}), EDITOR),
        (graphql("mutation M { a } query Q { b }", d={"body": "A-TEXT"}), EDITOR),
        (graphql("mutation M { a }", d={"body": "A-TEXT"}), NOBODY),
        (graphql("mutation M { a ", d={"body": "A-TEXT"}), EDITOR),
        (b'[{"query": "mutation { a }", "variables": {"x": "A-TEXT"}}, {"query": "{ b }"}]', EDITOR),
        (b'{"variables": {"x": "A-TEXT"}}', EDITOR),
    ],
)
def test_other_variables_are_not(body: bytes, client: Client) -> None:
    content = read(body, client, b"/graphql")
    assert content.fields == []
    assert b"A-TEXT" in {value for _, value in content.json_values}


def test_syntax_of_graphql_is_no_value_and_literals_are(
    one_rule: Callable[..., Ruleset], seclang: Callable[..., Ruleset]
) -> None:
    plain, literal, comment = graphql("{ UNION { id } }"), graphql('{ a(x: "UNI\\u004fN") { id } }'), graphql("{ a } # UNION")
    for ruleset in (
        one_rule("http.request.any|contains", "UNION"),
        seclang('SecRule ARGS "@contains UNION" "id:1,phase:2,deny"'),
    ):
        assert not asked(ruleset, plain, NOBODY, path=b"/graphql").blocked
        assert asked(ruleset, literal, NOBODY, path=b"/graphql").blocked
        assert asked(ruleset, comment, NOBODY, path=b"/graphql").blocked
        assert asked(ruleset, plain, NOBODY, path=b"/elsewhere").blocked
        assert asked(ruleset, graphql("{ UNION { id } '"), NOBODY, path=b"/graphql").blocked  # no document


def test_limits_of_graphql_hold_for_bodies_and_queries(one_rule: Callable[..., Ruleset]) -> None:
    ruleset = one_rule("http.request.path", "/none", Waf.model_validate({"graphql": {"depth": 3}}))
    deep = "{ a { b { c { d } } } }"
    verdict = asked(ruleset, graphql(deep), NOBODY, path=b"/graphql")
    assert (verdict.status, verdict.matches[0].rule, verdict.matches[0].value) == (400, "eg-0004", "depth 4 is beyond 3")
    assert not asked(ruleset, graphql(deep), NOBODY, path=b"/other").blocked
    assert asked(ruleset, b"query=" + deep.encode(), path=b"/graphql", kind=b"application/x-www-form-urlencoded").status == 400
    assert asked(ruleset, deep.encode(), path=b"/graphql", kind=b"application/graphql").status == 400
    get = Request(
        b"GET", b"/graphql", b"/graphql", b"%71uery=%7Ba%7Bb%7Bc%7Bd%7D%7D%7D%7D", b"https", b"cms.example", Headers(), Body(b"")
    )
    assert ruleset.transaction(get, NOBODY).request_head().status == 400


def test_a_mutation_is_no_matter_of_get(one_rule: Callable[..., Ruleset]) -> None:
    ruleset = one_rule("http.request.path", "/none")

    def get(document: bytes) -> int:
        made = Request(b"GET", b"/graphql", b"/graphql", b"query=" + document, b"https", b"cms.example", Headers(), Body(b""))
        return ruleset.transaction(made, EDITOR).request_head().status

    assert get(b"query Q {a} mutation M {b}") == 400
    assert get(b"{mutation}") == 0


def test_a_document_in_the_query_costs_as_much_as_one_in_a_body() -> None:
    editorial = Editorial(Waf())
    for query, cost in ((b"query=%7Ba(first:50)%7Bb%7D%7D", 51), (b"a=1", 0)):
        made = Request(b"GET", b"/graphql", b"/graphql", query, b"https", b"cms.example", Headers(), Body(b""))
        assert editorial.asked(made, Client("203.0.113.7", "203.0.113.7")) == ("", cost)


def test_a_graphql_request_that_is_too_long_to_look_at_is_refused_to_strangers() -> None:
    body = graphql("{ a }")
    assert read(body, NOBODY, b"/graphql", complete=False).refusal
    assert not read(body, EDITOR, b"/graphql", complete=False).refusal


def test_long_articles_are_read_to_their_end(one_rule: Callable[..., Ruleset]) -> None:
    ruleset = one_rule("http.request.any|contains", "UNION")
    long = save(title=ATTACK, body="x" * 300_000)
    assert Editorial(Waf()).most(request(), EDITOR) == 1024 * 1024
    assert not asked(ruleset, long).blocked
    assert asked(ruleset, json.dumps({"data": {"attributes": {"body": "x" * 300_000}, "id": ATTACK}}).encode()).blocked
    assert not asked(ruleset, save(tree=[{"a": ["x"] * 9, "b": "y"} for _ in range(2000)])).blocked  # 22,000 values


@pytest.mark.parametrize(
    ("client", "path", "kind"),
    [(NOBODY, b"/items/12", API), (EDITOR, b"/other", API), (EDITOR, b"/uploads", b"multipart/form-data; boundary=b")],
)
def test_others_are_read_as_far_as_always(client: Client, path: bytes, kind: bytes) -> None:
    assert Editorial(Waf()).most(request(path, kind), client) == Waf().inspect_bytes


def test_what_turns_out_to_be_nobodys_text_is_read_no_further_than_others() -> None:
    content = read(b'{"data": {"id": "' + b"x" * 200_000 + b'"}}')
    assert (len(content.raw), content.cut) == (Waf().inspect_bytes, True)


def test_editors_can_save_articles_about_attacks(bundle: Ruleset) -> None:
    blocked = {
        name: [match.rule for match in verdict.matches] for name, body in saves() if (verdict := asked(bundle, body)).blocked
    }
    assert blocked == {}


def test_the_same_from_nobody_is_inspected(bundle: Ruleset) -> None:
    verdicts = [asked(bundle, body, NOBODY).blocked for _, body in saves()]
    assert sum(verdicts) > len(verdicts) // 3
