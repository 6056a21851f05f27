"""Where values come from: the primitive lists that all targets are made of. Each value belongs to one source only."""

from __future__ import annotations

from enum import Enum

from edgeguard.waf.phase import Phase

Pair = tuple[bytes, bytes]
"""A value with its name; b"" where it has none."""


class Source(Enum):
    """A list of values; the text is the label by which verdicts name it."""

    METHOD = "http.request.method"
    TARGET = "http.request.target"
    PATH = "http.request.path"
    HOST = "http.host"
    VERSION = "http.request.version"
    QUERY = "http.request.query"
    QUERY_NAME = "http.request.query.names"
    QUERY_VALUE = "http.request.query.values"
    HEADER_NAME = "http.request.headers.names"
    HEADER_VALUE = "http.request.headers"
    COOKIE_NAME = "http.request.cookies.names"
    COOKIE_VALUE = "http.request.cookies"
    ADDRESS = "ip.src"
    ACCOUNT = "account.id"
    BODY = "http.request.body"
    BODY_TEXT = "http.request.body.text"
    FORM_NAME = "http.request.form.names"
    FORM_VALUE = "http.request.form.values"
    FILE_NAME = "http.request.files.names"
    FILE_CONTENT = "http.request.files.contents"
    JSON_KEY = "http.request.json.keys"
    JSON_PATH = "http.request.json.paths"
    JSON_VALUE = "http.request.json.values"
    GRAPHQL_FIELD = "graphql.fields"
    GRAPHQL_STRING = "graphql.strings"
    STATUS = "http.response.status"
    RESPONSE_HEADER_NAME = "http.response.headers.names"
    RESPONSE_HEADER_VALUE = "http.response.headers"
    RESPONSE_BODY = "http.response.body"

    @property
    def phase(self) -> Phase:
        """From when on it is known."""
        return _PHASES.get(self, Phase.REQUEST_HEAD)


_PHASES = {
    **dict.fromkeys(
        (
            Source.BODY,
            Source.BODY_TEXT,
            Source.FORM_NAME,
            Source.FORM_VALUE,
            Source.FILE_NAME,
            Source.FILE_CONTENT,
            Source.JSON_KEY,
            Source.JSON_PATH,
            Source.JSON_VALUE,
            Source.GRAPHQL_FIELD,
            Source.GRAPHQL_STRING,
        ),
        Phase.REQUEST_BODY,
    ),
    **dict.fromkeys((Source.STATUS, Source.RESPONSE_HEADER_NAME, Source.RESPONSE_HEADER_VALUE), Phase.RESPONSE_HEAD),
    Source.RESPONSE_BODY: Phase.RESPONSE_BODY,
}

# Values that are fields of a head, from which a target may leave some out by name.
FIELDS = (Source.HEADER_VALUE, Source.RESPONSE_HEADER_VALUE)
