"""What an editor wrote, in requests that a profile of `waf.content` names. It stands in no other list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.editorial import shown
from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def values(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return () if content is None or not content.fields else [(path, value) for path, value, _ in content.fields]


def html(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return () if content is None or not content.fields else shown.html(content.fields, content.embeds)


def likely_html(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return () if content is None or not content.fields else shown.likely_html(content.fields, content.embeds)


def html_in_markdown(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return () if content is None or not content.fields else shown.html_in_markdown(content.fields, content.embeds)


def maybe_html(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return () if content is None or not content.fields else shown.maybe_html(content.fields, content.embeds)


def urls(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return () if content is None or not content.fields else shown.urls(content.fields)


FAMILY = Family(
    extractors={
        Source.CONTENT_FIELD: values,
        Source.CONTENT_HTML: html,
        Source.CONTENT_LIKELY_HTML: likely_html,
        Source.CONTENT_MARKDOWN_HTML: html_in_markdown,
        Source.CONTENT_MAYBE_HTML: maybe_html,
        Source.CONTENT_URL: urls,
    },
    kinds=(
        Kind(
            "http.request.content_fields",
            (Source.CONTENT_FIELD,),
            "what an editor wrote, by path: values that a profile names, of an authenticated account; they stand nowhere else",
            keyed=True,
        ),
        Kind(
            "http.request.content_fields.html",
            (Source.CONTENT_HTML,),
            "those that are HTML by the profile or by a node of structured text, and of Markdown the HTML outside of code",
            keyed=True,
        ),
        Kind(
            "http.request.content_fields.likely_html",
            (Source.CONTENT_LIKELY_HTML,),
            "those of which no profile says what they are, and that begin as HTML and have no Markdown in them",
            keyed=True,
        ),
        Kind(
            "http.request.content_fields.html_in_markdown",
            (Source.CONTENT_MARKDOWN_HTML,),
            "of those of which no profile says what they are, and that are Markdown by their looks, the blocks of HTML",
            keyed=True,
        ),
        Kind(
            "http.request.content_fields.maybe_html",
            (Source.CONTENT_MAYBE_HTML,),
            "those of which no profile says what they are, and that don't look like HTML, without Markdown's code",
            keyed=True,
        ),
        Kind(
            "http.request.content_fields.urls",
            (Source.CONTENT_URL,),
            "of those that are an address, and of links in Markdown and structured text, what has a scheme that may run",
            keyed=True,
        ),
    ),
)
