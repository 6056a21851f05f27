"""Trees of structured text as headless CMSs keep them: DatoCMS's dast, ProseMirror and Tiptap, Slate, Lexical, Portable Text,
Contentful's rich text, Editor.js blocks.

In such a tree a text is a text: whoever shows it escapes it, and what stands in a node of code does nothing. What can run are
addresses (of links, images, embeds), and the nodes that hold HTML as it is.
"""

from __future__ import annotations

from typing import Any, Literal

Shown = Literal["text", "html", "url", "auto"]
Setting = Literal["auto", "tree", "blocks"]
"""Where an object stands: outside of trees, in one, or in one whose texts are HTML (Editor.js)."""

_KINDS = frozenset({"type", "_type", "nodeType", "schema", "object"})
_BELOW = frozenset({"children", "content", "nodes", "document", "marks", "spans", "leaves"})
_ROOTS = frozenset({"doc", "document", "root", "dast", "block", "paragraph", "heading", "value"})
_URLS = frozenset({"url", "href", "src", "link", "uri", "action", "poster", "cite", "srcset", "xlink:href", "embed", "source"})
_HTML_KEYS = frozenset({"html", "rawhtml", "raw_html", "innerhtml", "embed_code", "embedcode"})
_HTML_NODES = frozenset({"html", "raw", "rawhtml", "raw_html", "htmlblock", "html_block", "html_inline", "htmlblockraw"})
_HTML_MEMBERS = frozenset({"value", "content", "text", "data", "body", "code"})
_CODE = frozenset({"code", "codeblock", "code_block", "code-block", "codefence", "code-line", "code-highlight", "pre", "snippet"})
_CODE_KEYS = frozenset({"code", "snippet", "source_code", "sourcecode", "code_snippet", "example_code"})

Object = tuple[tuple[str, Any], ...]


def setting_below(node: Object, now: Setting, key: str) -> Setting:
    """Where the members of `node` stand, which itself is in `now`, as the member `key`."""
    if now == "auto":
        if _is_blocks(node):
            return "blocks"
        return "tree" if _is_tree(node) else "auto"
    if key == "attributes":  # a record of its own within the tree, whose fields are fields as any
        return "auto"
    return now


def shown_as(kind: str, key: str, setting: Setting) -> Shown:
    """How a text under `key` of an object of this `kind` is shown; `auto` where the text itself must tell."""
    low = key.lower()
    if setting == "auto":
        # Under a name like `code` stands what a reader is to read, not a browser.
        return "text" if low in _CODE_KEYS else "auto"
    if kind in _CODE or low in _CODE_KEYS:
        return "text"
    if low in _HTML_KEYS or (kind in _HTML_NODES and low in _HTML_MEMBERS):
        return "html"
    if low in _URLS:
        return "url"
    return "html" if setting == "blocks" else "text"


def kind_of(node: Object) -> str:
    """What a node calls itself, in lower case; empty where it does not."""
    for key, value in node:
        if key in _KINDS and type(value) is str:
            return value.lower()
    return ""


def _is_tree(node: Object) -> bool:
    below = [key for key, value in node if key in _BELOW and type(value) in (list, tuple)]
    if not below:
        return False
    kind = kind_of(node)
    return kind in _ROOTS or "children" in below or kind.startswith(("heading", "list", "quote", "table"))


def _is_blocks(node: Object) -> bool:
    """Editor.js: `{"time": …, "blocks": [{"type": …, "data": {…}}], "version": …}`."""
    blocks = other = False
    for key, value in node:
        blocks |= key == "blocks" and type(value) is list
        other |= key in ("version", "time")
    return blocks and other
