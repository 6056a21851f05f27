from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.targets.registry import EXTRACTORS, KINDS, extractor, make_target
from edgeguard.waf.targets.seclang.registry import VARIABLES
from edgeguard.waf.targets.sources import Source


def test_each_source_has_an_extractor() -> None:
    assert set(EXTRACTORS) == set(Source)


def test_each_source_can_be_named() -> None:
    kinds = (*KINDS.values(), *VARIABLES.values())
    assert {source for kind in kinds for source in kind.sources} == set(Source)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_target_says_what_it_holds(kind: object) -> None:
    assert kind.says  # type: ignore[attr-defined]  # parametrised with `Kind`


def test_the_nearest_name_is_told() -> None:
    with pytest.raises(Refused, match=r"did you mean 'http\.request\.method'"):
        make_target("http.request.metod")


def test_each_xpath_is_a_list_of_its_own() -> None:
    assert extractor(Source.XML, "//a") is extractor(Source.XML, "//a")
    assert extractor(Source.XML, "//a") is not extractor(Source.XML, "//b")
    assert extractor(Source.QUERY_VALUE) is EXTRACTORS[Source.QUERY_VALUE]
