"""Saves of articles in the shapes that headless CMSs keep them in: what an editor's browser sends to a JSON:API."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator


def articles() -> list[dict[str, str]]:
    """Title and text in Markdown of each."""
    found: list[dict[str, str]] = yaml.safe_load((Path(__file__).parent / "editorial_articles.yaml").read_text())
    return found


def blocks(text: str) -> list[tuple[str, str]]:
    """(`code` or `text`, content) of each fenced block and paragraph."""
    found: list[tuple[str, str]] = []
    for number, part in enumerate(text.split("```")):
        if number % 2:
            found.append(("code", part.partition("\n")[2]))
        else:
            found += [("text", paragraph.strip()) for paragraph in part.split("\n\n") if paragraph.strip()]
    return found


def as_html(text: str) -> str:
    """As an editor for rich text writes it: everything escaped."""
    made = [
        f'<pre><code class="language-x">{html.escape(part)}</code></pre>' if kind == "code" else f"<p>{html.escape(part)}</p>"
        for kind, part in blocks(text)
    ]
    return "".join(made)


def as_dast(text: str) -> dict[str, Any]:
    nodes: list[dict[str, Any]] = [
        {"type": "code", "language": "html", "code": part}
        if kind == "code"
        else {"type": "paragraph", "children": [{"type": "span", "value": part, "marks": ["strong"]}]}
        for kind, part in blocks(text)
    ]
    link = {"type": "link", "url": "https://example.com/?q=1", "children": [{"type": "span", "value": "javascript:alert(1)"}]}
    return {"schema": "dast", "document": {"type": "root", "children": [*nodes, {"type": "paragraph", "children": [link]}]}}


def as_prosemirror(text: str) -> dict[str, Any]:
    return {
        "type": "doc",
        "content": [
            {"type": "codeBlock" if kind == "code" else "paragraph", "attrs": {}, "content": [{"type": "text", "text": part}]}
            for kind, part in blocks(text)
        ],
    }


def as_slate(text: str) -> list[dict[str, Any]]:
    return [{"type": kind, "children": [{"text": part, "code": kind == "code"}]} for kind, part in blocks(text)]


def as_editorjs(text: str) -> dict[str, Any]:
    made = [
        {"type": "code", "data": {"code": part}} if kind == "code" else {"type": "paragraph", "data": {"text": html.escape(part)}}
        for kind, part in blocks(text)
    ]
    return {"time": 1_760_000_000, "blocks": made, "version": "2.29.0"}


SHAPES = {
    "markdown": lambda text: text,
    "html": as_html,
    "locales": lambda text: {"en": text, "de": as_html(text)},
    "dast": as_dast,
    "prosemirror": as_prosemirror,
    "slate": as_slate,
    "editorjs": as_editorjs,
    "blocks": lambda text: [
        {"type": "item", "attributes": {"kind": kind, "code" if kind == "code" else "body": part}} for kind, part in blocks(text)
    ],
}


def saves() -> Iterator[tuple[str, bytes]]:
    """A name and the JSON of each save."""
    for article in articles():
        for shape, make in SHAPES.items():
            attributes = {
                "title": article["title"],
                "slug": article["title"].lower().replace(" ", "-")[:40].strip("-"),
                "body": make(article["text"]),
                "seo": {"title": article["title"], "description": article["text"][:160]},
                "tags": ["security", "C++", "it's"],
                "published": True,
                "position": 7,
            }
            data = {"type": "item", "id": "12", "attributes": attributes, "meta": {"current_version": "99"}}
            yield f"{article['title']} as {shape}", json.dumps({"data": data}, ensure_ascii=False).encode()
