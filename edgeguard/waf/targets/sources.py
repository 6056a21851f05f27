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
    AUTHENTICATED = "account.authenticated"
    BODY = "http.request.body"
    BODY_TEXT = "http.request.body.text"
    FORM_NAME = "http.request.form.names"
    FORM_VALUE = "http.request.form.values"
    GUESSED_FORM_NAME = "http.request.form.guessed.names"
    GUESSED_FORM_VALUE = "http.request.form.guessed"
    FILE_NAME = "http.request.files.names"
    FILE_CONTENT = "http.request.files.contents"
    JSON_KEY = "http.request.json.keys"
    JSON_PATH = "http.request.json.paths"
    JSON_VALUE = "http.request.json.values"
    XML_VALUE = "http.request.xml.values"
    XML_ATTRIBUTE = "http.request.xml.attributes"
    GRAPHQL_FIELD = "graphql.fields"
    GRAPHQL_STRING = "graphql.strings"
    CONTENT_FIELD = "http.request.content_fields"
    CONTENT_HTML = "http.request.content_fields.html"
    CONTENT_LIKELY_HTML = "http.request.content_fields.likely_html"
    CONTENT_MARKDOWN_HTML = "http.request.content_fields.html_in_markdown"
    CONTENT_MAYBE_HTML = "http.request.content_fields.maybe_html"
    CONTENT_URL = "http.request.content_fields.urls"
    STATUS = "http.response.status"
    RESPONSE_HEADER_NAME = "http.response.headers.names"
    RESPONSE_HEADER_VALUE = "http.response.headers"
    RESPONSE_BODY = "http.response.body"
    # What stands within others: `nested.py`.
    PATH_TAIL = "http.request.path.tail"
    QUERY_NESTED = "http.request.query.nested"
    COOKIE_NESTED = "http.request.cookies.nested"
    HEADER_NESTED = "http.request.headers.nested"
    CONTENT_NESTED = "http.request.content.nested"
    GRAPHQL_NESTED = "graphql.strings.nested"
    RESPONSE_START = "http.response.body.start"
    # What only SecLang looks at, by its names.
    REQUEST_LINE = "REQUEST_LINE"
    PROTOCOL = "REQUEST_PROTOCOL"
    URI = "REQUEST_URI"
    FILENAME = "REQUEST_FILENAME"
    BASENAME = "REQUEST_BASENAME"
    RAW_COOKIE_NAME = "REQUEST_COOKIES_NAMES"
    RAW_COOKIE_VALUE = "REQUEST_COOKIES"
    JSON_ARGUMENT_NAME = "ARGS_POST_NAMES"
    JSON_ARGUMENT = "ARGS_POST"
    ARGUMENTS_SIZE = "ARGS_COMBINED_SIZE"
    URLENCODED_ERROR = "URLENCODED_ERROR"
    AUTH_TYPE = "AUTH_TYPE"
    REMOTE_USER = "REMOTE_USER"
    CLIENT_PORT = "REMOTE_PORT"
    SERVER_ADDRESS = "SERVER_ADDR"
    SERVER_PORT = "SERVER_PORT"
    REQUEST_ID = "UNIQUE_ID"
    REQUEST_BODY = "REQUEST_BODY"
    REQUEST_BODY_LENGTH = "REQUEST_BODY_LENGTH"
    FULL_REQUEST = "FULL_REQUEST"
    FULL_REQUEST_LENGTH = "FULL_REQUEST_LENGTH"
    BODY_CUT = "INBOUND_DATA_ERROR"
    BODY_PROCESSOR = "REQBODY_PROCESSOR"
    BODY_ERROR = "REQBODY_ERROR"
    BODY_ERROR_TEXT = "REQBODY_ERROR_MSG"
    FILE = "FILES"
    FILE_FIELD = "FILES_NAMES"
    FILE_SIZE = "FILES_SIZES"
    FILES_SIZE = "FILES_COMBINED_SIZE"
    PART_NAME = "MULTIPART_NAME"
    PART_FILE_NAME = "MULTIPART_FILENAME"
    PART_HEADER = "http.request.multipart.headers"
    MULTIPART_BOUNDARY_QUOTED = "MULTIPART_BOUNDARY_QUOTED"
    MULTIPART_BOUNDARY_WHITESPACE = "MULTIPART_BOUNDARY_WHITESPACE"
    MULTIPART_CRLF_LF_LINES = "MULTIPART_CRLF_LF_LINES"
    MULTIPART_DATA_AFTER = "MULTIPART_DATA_AFTER"
    MULTIPART_DATA_BEFORE = "MULTIPART_DATA_BEFORE"
    MULTIPART_FILE_LIMIT_EXCEEDED = "MULTIPART_FILE_LIMIT_EXCEEDED"
    MULTIPART_HEADER_FOLDING = "MULTIPART_HEADER_FOLDING"
    MULTIPART_INVALID_HEADER_FOLDING = "MULTIPART_INVALID_HEADER_FOLDING"
    MULTIPART_INVALID_PART = "MULTIPART_INVALID_PART"
    MULTIPART_INVALID_QUOTING = "MULTIPART_INVALID_QUOTING"
    MULTIPART_LF_LINE = "MULTIPART_LF_LINE"
    MULTIPART_MISSING_SEMICOLON = "MULTIPART_MISSING_SEMICOLON"
    MULTIPART_STRICT_ERROR = "MULTIPART_STRICT_ERROR"
    MULTIPART_UNMATCHED_BOUNDARY = "MULTIPART_UNMATCHED_BOUNDARY"
    XML = "XML"
    RESPONSE_PROTOCOL = "RESPONSE_PROTOCOL"
    STATUS_LINE = "STATUS_LINE"
    RESPONSE_CONTENT_TYPE = "RESPONSE_CONTENT_TYPE"
    RESPONSE_CONTENT_LENGTH = "RESPONSE_CONTENT_LENGTH"
    RESPONSE_CUT = "OUTBOUND_DATA_ERROR"

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
            Source.GUESSED_FORM_NAME,
            Source.GUESSED_FORM_VALUE,
            Source.FILE_NAME,
            Source.FILE_CONTENT,
            Source.JSON_KEY,
            Source.JSON_PATH,
            Source.JSON_VALUE,
            Source.XML_VALUE,
            Source.XML_ATTRIBUTE,
            Source.GRAPHQL_FIELD,
            Source.GRAPHQL_STRING,
            Source.CONTENT_NESTED,
            Source.GRAPHQL_NESTED,
            Source.CONTENT_FIELD,
            Source.CONTENT_HTML,
            Source.CONTENT_LIKELY_HTML,
            Source.CONTENT_MARKDOWN_HTML,
            Source.CONTENT_MAYBE_HTML,
            Source.CONTENT_URL,
            Source.JSON_ARGUMENT_NAME,
            Source.JSON_ARGUMENT,
            Source.ARGUMENTS_SIZE,
            Source.URLENCODED_ERROR,
            Source.REQUEST_BODY,
            Source.REQUEST_BODY_LENGTH,
            Source.FULL_REQUEST,
            Source.FULL_REQUEST_LENGTH,
            Source.BODY_CUT,
            Source.BODY_ERROR,
            Source.BODY_ERROR_TEXT,
            Source.FILE,
            Source.FILE_FIELD,
            Source.FILE_SIZE,
            Source.FILES_SIZE,
            Source.PART_NAME,
            Source.PART_FILE_NAME,
            Source.PART_HEADER,
            Source.XML,
        ),
        Phase.REQUEST_BODY,
    ),
    **{source: Phase.REQUEST_BODY for source in Source if source.value.startswith("MULTIPART_")},
    **dict.fromkeys(
        (
            Source.STATUS,
            Source.RESPONSE_HEADER_NAME,
            Source.RESPONSE_HEADER_VALUE,
            Source.RESPONSE_PROTOCOL,
            Source.STATUS_LINE,
            Source.RESPONSE_CONTENT_TYPE,
        ),
        Phase.RESPONSE_HEAD,
    ),
    **dict.fromkeys(
        (Source.RESPONSE_BODY, Source.RESPONSE_START, Source.RESPONSE_CONTENT_LENGTH, Source.RESPONSE_CUT), Phase.RESPONSE_BODY
    ),
}

# Values that are fields of a head, from which a target may leave some out by name.
FIELDS = (Source.HEADER_VALUE, Source.RESPONSE_HEADER_VALUE)
