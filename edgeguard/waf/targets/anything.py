"""Groups: all that a client can put text into. Most attack rules want these, so that no door is forgotten."""

from __future__ import annotations

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

# Fields with a grammar of their own, where an attack's characters are everyday: `*/*`, quotes, semicolons, Base64.
# Who wants them too names `http.request.headers`.
STRUCTURED = frozenset(
    {
        b"accept",
        b"accept-charset",
        b"accept-encoding",
        b"accept-language",
        b"authorization",
        b"cache-control",
        b"connection",
        b"content-length",
        b"content-type",
        b"cookie",
        b"date",
        b"host",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"if-unmodified-since",
        b"keep-alive",
        b"range",
        b"sec-ch-ua",
        b"sec-ch-ua-mobile",
        b"sec-ch-ua-platform",
        b"sec-fetch-dest",
        b"sec-fetch-mode",
        b"sec-fetch-site",
        b"sec-fetch-user",
        b"sec-websocket-key",
        b"te",
        b"traceparent",
        b"transfer-encoding",
        b"upgrade-insecure-requests",
    }
)

# Fields besides which browsers and proxies fill in by themselves, with addresses of pages and of machines.
_FILLED_IN = frozenset(
    {
        b"dpop",
        b"forwarded",
        b"origin",
        b"pragma",
        b"priority",
        b"referer",
        b"user-agent",
        b"via",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-proto",
        b"x-forwarded-server",
        b"x-original-host",
        b"x-real-ip",
    }
)

_PLAIN_FIELDS = frozenset(
    {
        b"authorization",
        b"connection",
        b"content-length",
        b"content-type",
        b"cookie",
        b"host",
        *(name for name in STRUCTURED if name.startswith((b"sec-", b"upgrade", b"keep"))),
    }
)

_CONTENT = (
    Source.FORM_NAME,
    Source.FORM_VALUE,
    Source.GUESSED_FORM_NAME,
    Source.GUESSED_FORM_VALUE,
    Source.FILE_NAME,
    Source.JSON_KEY,
    Source.JSON_VALUE,
    Source.XML_VALUE,
    Source.XML_ATTRIBUTE,
    Source.BODY_TEXT,
    Source.GRAPHQL_STRING,
    Source.CONTENT_NESTED,
    Source.GRAPHQL_NESTED,
)
_QUERY = (Source.QUERY_NAME, Source.QUERY_VALUE, Source.QUERY_NESTED)
_ARGUMENTS = (*_QUERY, *_CONTENT)
_PATH = (Source.PATH, Source.PATH_TAIL)
_FIELDS = (Source.COOKIE_NAME, Source.COOKIE_VALUE, Source.COOKIE_NESTED, Source.HEADER_VALUE, Source.HEADER_NESTED)

FAMILY = Family(
    extractors={},
    kinds=(
        Kind(
            "http.request.any",
            (*_PATH, *_ARGUMENTS, *_FIELDS),
            "path, names and values of query, form, JSON, XML and cookies, file names, text bodies, and fields of free text",
            without=STRUCTURED,
        ),
        Kind(
            "http.request.head",
            (*_PATH, *_QUERY, *_FIELDS),
            "that part of `http.request.any` which is not the body: no article of an editor stands here",
            without=STRUCTURED,
        ),
        Kind(
            "http.request.fields",
            (Source.HEADER_VALUE,),
            "fields of the head, those with a grammar, too, but for cookies, hosts and what browsers tell of themselves",
            without=_PLAIN_FIELDS,
        ),
        Kind("http.request.content", _CONTENT, "that part of `http.request.any` which is the body", keyed=True),
        Kind(
            "http.request.arguments",
            _ARGUMENTS,
            "names and values of query, form, JSON and XML, file names, text bodies",
            keyed=True,
        ),
        Kind("http.request.cookies.all", (Source.COOKIE_NAME, Source.COOKIE_VALUE), "names and values of cookies"),
        Kind(
            "http.request.headers.custom",
            (Source.HEADER_VALUE,),
            "values of fields that neither browsers nor proxies fill in by themselves",
            without=STRUCTURED | _FILLED_IN,
        ),
        Kind("http.user_agent", (Source.HEADER_VALUE,), "the User-Agent field"),
    ),
)
