from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.targets.registry import EXTRACTORS
from edgeguard.waf.targets.seclang.registry import SECLANG_EXTRACTORS, VARIABLES

if TYPE_CHECKING:
    from edgeguard.waf.targets.seclang.kind import VariableKind

# What CRS 3.3 and 4 look at.
OF_CRS = (
    "ARGS ARGS_COMBINED_SIZE ARGS_GET ARGS_GET_NAMES ARGS_NAMES DURATION FILES FILES_COMBINED_SIZE FILES_NAMES GEO IP "
    "MATCHED_VAR MATCHED_VARS MATCHED_VARS_NAMES MULTIPART_PART_HEADERS QUERY_STRING REMOTE_ADDR REQBODY_PROCESSOR "
    "REQUEST_BASENAME REQUEST_BODY REQUEST_BODY_LENGTH REQUEST_COOKIES REQUEST_COOKIES_NAMES REQUEST_FILENAME REQUEST_HEADERS "
    "REQUEST_HEADERS_NAMES REQUEST_LINE REQUEST_METHOD REQUEST_PROTOCOL REQUEST_URI REQUEST_URI_RAW RESPONSE_BODY "
    "RESPONSE_HEADERS RESPONSE_STATUS TX UNIQUE_ID XML"
)


def test_what_crs_looks_at_works() -> None:
    assert [name for name in OF_CRS.split() if name not in VARIABLES or VARIABLES[name].never] == []


@pytest.mark.parametrize("kind", VARIABLES.values(), ids=list(VARIABLES))
def test_each_says_what_it_holds_and_has_it_from_somewhere(kind: VariableKind) -> None:
    assert kind.says
    assert sum((bool(kind.sources), kind.dynamic, bool(kind.never))) == 1
    assert all(source in EXTRACTORS for source in kind.sources)


def test_no_list_has_two_extractors() -> None:
    assert all(EXTRACTORS[source] is take for source, take in SECLANG_EXTRACTORS.items())
