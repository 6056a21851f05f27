from __future__ import annotations

from typing import Any, cast

import pytest

from edgeguard.waf.seclang.scores import kept_score


class Variables:
    def __init__(self, **values: bytes) -> None:
        self._values = values

    def read(self, collection: str, key: bytes) -> bytes:
        assert collection == "TX"
        return self._values.get(key.decode(), b"")


@pytest.mark.parametrize(
    ("variables", "score"),
    [
        ({"blocking_inbound_anomaly_score": b"5", "blocking_outbound_anomaly_score": b"4"}, 9),
        ({"anomaly_score": b"10", "outbound_anomaly_score": b"0"}, 10),
        ({"blocking_inbound_anomaly_score": b"5", "anomaly_score": b"10"}, 5),
        ({"blocking_inbound_anomaly_score": b"0"}, None),
        ({"inbound_anomaly_score_pl1": b"5"}, None),
        ({}, None),
    ],
)
def test_the_score_is_read_where_either_version_keeps_it(variables: dict[str, bytes], score: int | None) -> None:
    assert kept_score(cast("Any", Variables(**variables))) == score
