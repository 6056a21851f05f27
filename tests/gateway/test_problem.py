from __future__ import annotations

import json

import pytest

from edgeguard.gateway.problem import graphql_problem, problem, to_https
from edgeguard.message import Headers, Request, Response


def request(authority: bytes = b"cms.example", path: bytes = b"/", query: bytes | None = None, accept: bytes = b"") -> Request:
    fields = [(b"accept", accept)] if accept else []
    return Request(b"GET", path, path, query, b"http", authority, Headers(fields))


def text(response: Response) -> str:
    assert response.body.whole is not None
    return response.body.whole.decode()


class TestProblem:
    @pytest.mark.parametrize("status", [400, 403, 404, 405, 408, 413, 414, 417, 421, 429, 431, 500, 501, 502, 503, 504, 599])
    def test_it_is_a_problem_of_rfc_9457(self, status: int) -> None:
        response = problem(status, "id-1", None, [])
        said = json.loads(text(response))
        assert (response.status, said["status"], said["type"], said["request_id"]) == (status, status, "about:blank", "id-1")
        assert response.headers.get(b"content-type") == b"application/problem+json"
        assert response.headers.get(b"cache-control") == b"no-store"

    def test_browsers_get_a_page(self) -> None:
        response = problem(403, "id-1", request(accept=b"text/html,application/xhtml+xml,*/*;q=0.8"), [])
        assert response.headers.get(b"content-type") == b"text/html; charset=utf-8"
        assert "id-1" in text(response)
        assert text(response).startswith("<!doctype html>")

    def test_clients_that_take_anything_get_json(self) -> None:
        assert problem(403, "id-1", request(accept=b"*/*"), []).headers.get(b"content-type") == b"application/problem+json"

    def test_fields_are_added(self) -> None:
        assert problem(405, "id-1", None, [(b"allow", b"GET")]).headers.get(b"allow") == b"GET"

    @pytest.mark.parametrize("accept", [b"text/html", b"application/json"])
    def test_nothing_of_the_request_comes_back(self, accept: bytes) -> None:
        asked = request(b"<script>.example", b"/%3Cscript%3E", b"<script>", accept)
        assert "script" not in text(problem(403, "id-1", asked, []))


class TestToHTTPS:
    @pytest.mark.parametrize(
        ("authority", "port", "place"),
        [
            (b"cms.example", 443, b"https://cms.example/a?b=1"),
            (b"cms.example:8080", 443, b"https://cms.example/a?b=1"),
            (b"cms.example:", 8443, b"https://cms.example:8443/a?b=1"),
            (b"[2001:db8::1]:80", 443, b"https://[2001:db8::1]/a?b=1"),
        ],
    )
    def test_host_path_and_query_stay(self, authority: bytes, port: int, place: bytes) -> None:
        response = to_https(request(authority, b"/a", b"b=1"), port)
        assert (response.status, response.headers.get(b"location")) == (308, place)


def test_graphql_is_told_as_graphql_tells_errors() -> None:
    response = graphql_problem(400, "id-1", "depth 31 is beyond 25")
    assert response.status == 400
    assert response.headers.get(b"content-type") == b"application/json"
    (error,) = json.loads(text(response))["errors"]
    assert error["message"] == "The request asks for more than it may: depth 31 is beyond 25"
    assert error["extensions"] == {"code": "REQUEST_BEYOND_LIMITS", "request_id": "id-1"}
