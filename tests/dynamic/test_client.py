from __future__ import annotations

import time

import pytest

from edgeguard.dynamic.book import Book
from edgeguard.dynamic.client import BookStore, Gone, RedisStore


async def test_the_book_of_an_edge(tmp_path, sanction) -> None:
    Book(tmp_path / "book", 16).close()
    store = BookStore(tmp_path / "book")
    await store.write([sanction()])
    assert await store.read() == [sanction()]


async def test_a_book_that_is_not_there_is_not_made(tmp_path) -> None:
    with pytest.raises(Gone, match="does the edge run"):
        await BookStore(tmp_path / "book").read()
    assert list(tmp_path.iterdir()) == []


async def test_a_book_that_is_none(tmp_path) -> None:
    (tmp_path / "book").write_bytes(b"x" * 100)
    with pytest.raises(Gone, match="no book of sanctions"):
        await BookStore(tmp_path / "book").read()


@pytest.mark.redis
async def test_what_all_edges_share(redis, sanction) -> None:
    store = RedisStore(redis.settings())
    assert await store.read() == []
    await store.write([sanction()])
    assert await store.read() == [sanction()]
    redis.kill()
    began = time.monotonic()
    with pytest.raises(Gone, match="Redis does not answer at redis://"):
        await store.read()
    assert time.monotonic() - began < 10
