from __future__ import annotations

import pytest

from edgeguard.waf.mutations.texts import TEXTS

BY_NAME = {each.name: each for each in TEXTS}


@pytest.mark.parametrize(
    ("name", "text", "among"),
    [
        ("case", "union select", "UNION SELECT"),
        ("case", "union", "uNiOn"),
        ("sql-comments", "1 or 1", "1/**/or/**/1"),
        ("sql-version-comments", "1 union all x", "1 /*!50000union*/ /*!50000all*/ x"),
        ("sql-space", "1 or 1", "1\x0bor\x0b1"),
        ("sql-equivalents", "1 or 1=1", "1 || 1=1"),
        ("sql-equivalents", "1 or 1=1", "1 or 2>1"),
        ("sql-equivalents", "id=10", "id=0xa"),
        ("sql-strings", "x='admin'", "x='a'||'dmin'"),
        (
            "entities",
            '<a href="javascript:x">',
            '<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;&#120;">',
        ),
        ("entities", "javascript:x", "java&Tab;script:x"),
        ("script-space", "<img src=x>", "<img/src=x>"),
        ("script-names", "alert(1)", "\\u0061lert(1)"),
        ("script-names", "alert(1)", "(alert)(1)"),
        ("script-nulls", "<script>", "<s\0cript>"),
        ("shell-quotes", "cat /etc", "c''at /e''tc"),
        ("shell-quotes", "cat /etc", "c\\at /e\\tc"),
        ("shell-space", "; cat x", "; cat${IFS}x"),
        ("shell-globs", "cat /etc/passwd", "cat /e?c/p?sswd"),
        ("path-dots", "../../x", "..;/..;/x"),
        ("full-width", "<a>", "\uff1ca\uff1e"),
        ("nulls", "x.php", "x.php\0"),
        ("base64", "abc", "YWJj"),
    ],
)
def test_a_variant_is_among_those_made(name: str, text: str, among: str) -> None:
    assert among in list(BY_NAME[name].make(text))


@pytest.mark.parametrize("mutation", TEXTS, ids=lambda each: each.name)
def test_each_takes_any_text_and_gives_a_few(mutation: object) -> None:
    for text in ("", "x", "<", "='", "a b\0é\uff1c", "/../%", "1" * 20):
        made = list(mutation.make(text))  # type: ignore[attr-defined]  # a TextMutation
        assert len(made) < 12
        assert all(isinstance(each, str) for each in made)


def test_names_are_told_apart_and_explained() -> None:
    assert len(BY_NAME) == len(TEXTS)
    assert all(each.says for each in TEXTS)
