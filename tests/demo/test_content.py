from __future__ import annotations

import pytest

from edgeguard.demo.content import MOST_ARTICLES, Articles, Full


def test_two_stores_start_alike_and_share_nothing() -> None:
    one, other = Articles(), Articles()
    assert one.page(1, 50) == other.page(1, 50)
    one.create("en", "New", "", 0)
    assert len(one) == len(other) + 1


def test_pages_cover_everything_once() -> None:
    articles = Articles()
    pages = [articles.page(number, 3) for number in range(1, 5)]
    ids = [article.id for page in pages for article in page]
    assert ids == [str(number) for number in range(1, len(articles) + 1)]
    assert articles.page(99, 3) == []


def test_an_article_speaks_its_first_language_where_another_is_missing() -> None:
    article = Articles().create("de", "Neu", "Text", 0)
    assert article.title("de") == article.title("fr") == "Neu"


def test_a_change_touches_one_language_only() -> None:
    articles = Articles()
    welcome = articles.page(1, 1)[0]
    changed = articles.change(welcome, "de", "Hallo", None, 7)
    assert (changed.title("de"), changed.title("en"), changed.body("de")) == ("Hallo", welcome.title("en"), welcome.body("de"))
    assert changed.updated == 7
    assert articles.get(welcome.id) == changed


def test_the_store_is_bounded_and_room_comes_back() -> None:
    articles = Articles()
    while len(articles) < MOST_ARTICLES:
        articles.create("en", "x", "", 0)
    with pytest.raises(Full):
        articles.create("en", "one too many", "", 0)
    assert articles.delete("1")
    assert not articles.delete("1")
    articles.create("en", "fits again", "", 0)
