"""The gate against brute force over the Core Rule Set, as far as it is here: with and without it, the same rules must match.

Requests are those of the rule set's own tests, a sample of them, and generated ones; each is sent twice, as what is remembered
must change nothing. `EDGEGUARD_GATE_STEP=1` takes every request.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from seclang_vectors import shared_folder

from edgeguard.conformance.client import request_bytes
from edgeguard.conformance.ftw_format import read_cases
from edgeguard.conformance.lenient import read_request
from edgeguard.conformance.reflection import answer
from edgeguard.conformance.settings import ruleset_for
from edgeguard.message import Client
from edgeguard.waf.rule_tests import build

if TYPE_CHECKING:
    from edgeguard.message import Request
    from edgeguard.waf import Ruleset

TESTS = shared_folder() / "ftw"
SETS = {
    "crs-3.3.4": (Path("/usr/share/modsecurity-crs"), Path("/etc/modsecurity/crs/crs-setup.conf")),
    "crs-4.29-dev": (Path(os.environ.get("EDGEGUARD_CRS4", "")), None),
}
STEP = int(os.environ.get("EDGEGUARD_GATE_STEP", "40"))
CLIENT = Client("127.0.0.1", "127.0.0.1")
Told = list[tuple[str, str, str]]


@pytest.fixture(scope="module", params=SETS)
def crs(request: pytest.FixtureRequest) -> tuple[str, Ruleset]:
    folder, setup = SETS[request.param]
    if folder == Path() or not folder.is_dir():
        pytest.skip(f"no rule set in {folder}; EDGEGUARD_CRS4 names the folder of CRS 4, Debian's modsecurity-crs is 3.3.4")
    return request.param, ruleset_for(folder, setup=setup if setup is not None and setup.is_file() else None)


def told(ruleset: Ruleset, request: Request, body: bytes, *, complete: bool = True, blind: bool) -> Told:
    transaction = ruleset.transaction(request, CLIENT, "shadow", lambda: 0, lambda: 0, lambda: 0.0, blind=blind)
    transaction.request_head()
    if request.body.length:
        transaction.request_body(body, complete)
    status, headers, content = answer(request.method, request.path, body)
    transaction.response_head(status, headers)
    transaction.response_body(content)
    return [(match.rule, match.target, match.title) for match in transaction.finish().matches]


@pytest.mark.slow
@pytest.mark.timeout(3600)  # a first run compiles the rules, and brute force takes 0.1 s for a request
def test_over_the_rule_sets_own_requests(crs: tuple[str, Ruleset]) -> None:
    name, ruleset = crs
    if not (TESTS / name).is_dir():
        pytest.skip(f"no regression tests in {TESTS}")
    stages = [stage for case in read_cases(TESTS / name) for stage in case.stages][::STEP]
    readings = [read_request(request_bytes(stage.input)) for stage in stages]
    expected = [told(ruleset, each.request, each.content, complete=each.complete, blind=True) for each in readings]
    assert sum(map(bool, expected)) > len(expected) // 2
    order = [*range(len(readings))] * 2
    random.Random(1).shuffle(order)
    for number in order:
        each = readings[number]
        seen = told(ruleset, each.request, each.content, complete=each.complete, blind=False)
        assert seen == expected[number], (each.request, each.content)


PIECES = (
    "' or 1=1 --", '"', "union select", "<script>", "alert(1)", "../", "..%2f", "%00", "%u003c", "&lt;", "/etc/passwd",
    ";cat ", "$(id)", "`", "|", "${jndi:ldap://a}", "{{7*7}}", "php://input", "<?php ", "eval(", "base64_decode",
    "onerror=", "javascript:", "\\x3c", "\\u003c", "/*", "*/", "#", "--", "0x41", "char(65)", "sleep(5)", "xp_cmdshell",
    "http://127.0.0.1/", "\r\n", "Set-Cookie:", "\t", "é", "\0", "A" * 50, "a", "1", " ", "=", "(", ")", "+", "&", "@",
    "O'Brien", ".php", ".htaccess", "java.lang.Runtime", "__proto__", "$gt", "%c0%af", "~", "^", "nc -e", "wget ",
    "cmd.exe", "%2527", "SeLeCt", "UNION", "or", "and", "!", "<", ">", "?", "\\", "/", ".", ",",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_over_generated_requests(crs: tuple[str, Ruleset]) -> None:
    _, ruleset = crs
    dice = random.Random(int(os.environ.get("EDGEGUARD_GATE_SEED", "5")))

    def text() -> str:
        return "".join(dice.choices(PIECES, k=dice.randint(0, 8)))

    for _ in range(4000 // STEP):
        description: dict[str, object] = {
            "query": {text(): text(), "q": text()},
            "headers": {"User-Agent": text(), "Referer": text()},
        }
        description["cookies"] = {"s": text().replace(";", "")}
        kind = dice.choice(["", "form", "json", "body", "multipart"])
        if kind == "form":
            description["form"] = {text(): text(), "f": [text(), text()]}
        elif kind == "json":
            description["json"] = {text(): text(), "list": [text(), {"a": text()}]}
        elif kind == "body":
            description |= {"body": text(), "content_type": dice.choice(["text/xml", "text/plain", "application/octet-stream"])}
        elif kind == "multipart":
            description["multipart"] = {"a": text(), "f": {"filename": text().replace('"', ""), "content": text()}}
        sample = build(description)
        expected = told(ruleset, sample.request, sample.body, blind=True)
        for _ in range(2):
            assert told(ruleset, sample.request, sample.body, blind=False) == expected, description
