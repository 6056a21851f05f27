from __future__ import annotations

import fcntl

import pytest

from edgeguard.dynamic.book import Book
from edgeguard.dynamic.desk import Desk
from edgeguard.dynamic.engine import Dynamic
from edgeguard.message import Client

HELD = Client("203.0.113.5", "203.0.113.5")


@pytest.fixture
def desks(tmp_path, naming):
    """Those of two workers of one edge; `news` is what the second was told."""
    news = []
    engines = [Dynamic([], naming), Dynamic([], naming)]
    made = [Desk(engines[0], Book(tmp_path / "book", 100)), Desk(engines[1], Book(tmp_path / "book"), news.append)]
    return made, engines, news


def test_what_one_worker_begins_holds_with_the_other(desks, sanction) -> None:
    (one, other), engines, news = desks
    one.began([sanction()], 100.0)
    other.catch_up(100.0)
    assert engines[1].decision(HELD, 100.0) is not None
    assert news == [sanction()]
    other.catch_up(100.0)
    assert len(news) == 1


def test_what_could_not_be_written_is_written_later(desks, sanction, tmp_path) -> None:
    (one, other), engines, _ = desks
    with (tmp_path / "book").open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        one.began([sanction()], 100.0)
        other.catch_up(100.0)
        assert engines[1].decision(HELD, 100.0) is None
    one.tick(100.0)
    other.tick(100.0)
    assert engines[1].decision(HELD, 100.0) is not None


def test_what_came_from_other_edges_is_kept_for_workers_to_come(desks, sanction, tmp_path, naming) -> None:
    (one, _), _, _ = desks
    one.heard(sanction(), 100.0)
    engine = Dynamic([], naming)
    later = Desk(engine, Book(tmp_path / "book"))
    assert later.tick(100.0) == [sanction()]
    assert engine.decision(HELD, 100.0) is not None


def test_other_edges_are_told(desks, sanction) -> None:
    (one, _), _, _ = desks
    sent = []

    class Wire:
        send = staticmethod(sent.append)

    one.wire = Wire()
    one.began([sanction()], 100.0)
    assert sent == [sanction()]


def test_without_a_book_a_worker_is_alone(naming, sanction) -> None:
    engine = Dynamic([], naming)
    desk = Desk(engine, None)
    engine.learn(sanction(), 100.0)
    desk.began([sanction()], 100.0)
    assert desk.tick(100.0) == [sanction()]
    assert desk.tick(250.0) == []
