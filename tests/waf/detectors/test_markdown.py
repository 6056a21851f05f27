from __future__ import annotations

import pytest

from edgeguard.waf.detectors.markdown import blocks_of, html_of, is_markdown, urls_of


@pytest.mark.parametrize(
    "text",
    [
        b"```\nX\n```\n",
        b"```html\nX\n\nX\n````\n",
        b"~~~\nX\n```\nX\n~~~",
        b"   ```\nX\n   ```",
        b"```\nX never closed",
        b"text\n\n    X\n\n    X\n",
        b"\tX",
        b"a `X` b",
        b"a ``X ` X`` b",
        b"a `X\nX` b",
        b"- item `X`\n\n  ```\n  X\n  ```\n",
        b"> ```\n> X\n> ```\n",
        b"    X\n",
        b"a < b `X`",
        b"\\\\`X`",
    ],
)
def test_code_goes(text: bytes) -> None:
    assert b"X" not in html_of(text)


@pytest.mark.parametrize(
    "text",
    [
        b"X",
        b"a `b X",
        b"a ``b` X",
        b"a \\`X`",
        b"`a\n\nX`",
        b"```\na\n```\nX",
        b"```\na\n```b\n```\nX",
        b"``` a`\nX\n```",
        b"para\n    X",
        b"- item\n\n    X",
        b"1. item\n\n    X",
        b"<div>\n```\nX\n```\n</div>",
        b"<div>\n    X\n</div>",
        b"<script>\n\n```\nX\n```\n</script>",
        b"<!--\n\n```\n-->X\n```",
        b'a <img src="`" X="`">',
        b"a <a title='`'>X</a> `b`",
        b"    ```\nX",
        b"> ```\n> a\nX",
        b"> ```\n> a\n> ```\n\nX",
        b"- a\n\n  ```\nX",
        b"- a\n  - b\n\n    ```\n  X",
        b"`a\n- X`",
        b"`a\n# X`",
        b"`a\n> X`",
        b"`a\n===\nX`",
        b"| `a | X` |",
        b"a | b\n--|--\n`a | X`",
    ],
)
def test_what_may_be_no_code_stays(text: bytes) -> None:
    assert b"X" in html_of(text)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (b"# T\n\n<b>\nx\n\ny <i>", b"<b>\nx\n"),
        (b"x <b>\n<i>", b"<i>"),
        (b"```\n<b>\n```\n<i>", b"<i>"),
        (b"`<b>`\n\n    <i>", b""),
        (b"<script>\n\nx\n</script>\ny", b"<script>\n\nx\n</script>"),
        (b"- <b>", b""),
        (b"> <b>", b"> <b>"),
    ],
)
def test_blocks_of_html(text: bytes, blocks: bytes) -> None:
    assert blocks_of(text) == blocks


@pytest.mark.parametrize("text", [b"# T", b"a\n## b", b"a\n```\nb", b"[a](https://b)", b"![a](/b)", b"a **b**"])
def test_what_is_markdown_by_its_looks(text: bytes) -> None:
    assert is_markdown(text)


@pytest.mark.parametrize("text", [b"", b"a", b"#1 of 3", b"a * b", b"<b>a</b>", b"f(x)[0](y)", b"- a\n- b"])
def test_what_is_not(text: bytes) -> None:
    assert not is_markdown(text)


def test_links() -> None:
    text = b"[a](j:1) ![b](<v:2> 't') <d:3> `[c](j:4)`\n\n[d]: \n j:5\n [e](https://x) [f](&#106;:6) [g](\\j\\:7)"
    assert sorted(urls_of(text)) == [b"&#106;:6", b"d:3", b"j:1", b"j:5", b"j:7", b"v:2"]


@pytest.mark.parametrize("piece", [b"`", b"``` \n", b"<a ", b"` <a '", b"`a``b```", b"\\`", b"    x\n\n", b"<!--\n", b"](", b"<"])
def test_any_text_comes_to_an_end(piece: bytes) -> None:
    assert len(html_of(piece * 20_000)) <= 20_000 * len(piece) * 2
    urls_of(piece * 20_000)
