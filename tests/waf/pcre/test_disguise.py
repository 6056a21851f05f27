from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.waf.bare import bare
from edgeguard.waf.gate import Gate
from edgeguard.waf.pcre import compile_pcre
from edgeguard.waf.pcre.disguise import erased, undisguised
from edgeguard.waf.pcre.engine import UNANCHORED, match_function
from edgeguard.waf.pcre.reader import read
from edgeguard.waf.pcre.spelling import spell

QUOTES = """["']?"""
CARETS = '["^]*'
NOISE = r"""["'\\)\[]*(?:(?:(?:\|\||&&)\s*)?\$[!#a-z{]*)?\x5c?"""


def disguised(text: str, noise: str = NOISE) -> str:
    """A word, or several parted by bars, with noise behind each letter but the last; `~` stands for noise."""
    return "|".join(noise.join(word) for word in text.split("|")).replace("~", noise)


UNIX = (
    rf"(?i)(?:^(?:json)?|[;=`{{]|\|\|?|(?:{disguised('env|time')}){NOISE}[\s&)].*|{disguised('nohup')})\s*"
    rf"(?:[!(]\s*|(?:\w+=\S*|\$\w+)\s+)*(?:[a-z/]*/)?(?:(?:{disguised('cat|sed|ls')}|d(?:n{NOISE})?f|7z(?:[ar]{NOISE})?){NOISE}[\s&)].*"
    rf"|{disguised('whoami')}|aa-(?:[&)]{{0,4}}|x{NOISE}y)|gcc{NOISE}(?:[-.0-9a-z]{NOISE}){{1,9}}[&) ])\b"
)
WINDOWS = rf"""[;&|]\s*(?:\w+/)?(?:{disguised("format|dir", CARETS)})["^]*(?:\.["^]*\w+)?\b"""
PHP = rf"\b(?:{disguised('system|eval', QUOTES)})\s*\("
ENDS = rf"(?:;|^)(?:{disguised('reboot|halt')})\s*$"
REPEATED = rf"(?:;(?:{disguised('catfish|dogs')}){NOISE})+(?:x|{NOISE}y)"
LOOKS = rf"(?<!a)(?:{disguised('whoami')}|(?:{disguised('sed')}){NOISE}(?=x))"
SEEDS = {
    UNIX: [
        ";cat x",
        "jsoncat&",
        "x=sed)",
        "time ls ",
        "env a 7za)",
        "| a=b df ",
        "!; $q /bin/dnf&",
        "=aa-)&",
        "nohup aa-xy",
        "{whoami",
    ],
    WINDOWS: [";format", "| bin/dir", "&dir.exe", "; format.x"],
    PHP: ["system(", "a eval  (", "eval("],
    ENDS: [";reboot", "halt ", "reboot\n"],
    REPEATED: [";catfishx", ";dogs;catfishy", ";dogs;dogs;dogsx"],
    LOOKS: ["whoami", "sedx", ";sed)x"],
}
PATTERNS = list(SEEDS)
_NOISE = ['"', "'", "\\", "^", ")", "[", "$", "$q", "|| $", "''", '"^']


@st.composite
def _near(draw: st.DrawFn, seeds: list[str]) -> str:
    """What a pattern takes, with noise put in; mostly still so."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(_NOISE)) + text[at:]
    return draw(st.sampled_from(["", "", "z", "\n"])) + text + draw(st.sampled_from(["", "", " x", "\n"]))


_PIECES = [*_NOISE, *"cateslwhoamixydgz7j;=&|(!{/ .\n", "cat", "whoami", "time ", "a=b ", "bin/", "system(", "dir", ";dogs"]
_values = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)


@pytest.mark.parametrize("text", PATTERNS)
def test_they_are_told_by_their_noise(text: str) -> None:
    found = undisguised(read(text)[0])
    assert found is not None
    assert found[1] is (text != WINDOWS)  # carets and quotes are seen between letters rarely enough


@pytest.mark.parametrize(
    "text", ["union select", r"a[\"']*b", "(?:" + disguised("a|b") + ")", f"{disguised('catcatcat')}|x*", "cat" * 9]
)
def test_what_has_little_noise_or_may_be_nothing_is_left_as_it_is(text: str) -> None:
    assert undisguised(read(text)[0]) is None


@pytest.mark.parametrize("text", PATTERNS)
def test_nothing_is_missed(text: str) -> None:
    whole = match_function(spell(read(text)[0]))
    nodes, is_bare = undisguised(read(text)[0]) or ([], False)
    parts = [match_function(spell(part)) for part in nodes]
    gate = compile_pcre(text).gate
    assert gate
    assert {expression.bare for expression in gate} == {is_bare}
    database = Gate(gate)
    met = set()

    @settings(max_examples=800, deadline=None)
    @given(st.one_of(_values, _near(SEEDS[text])))
    def check(value: str) -> None:
        raw = value.encode()
        if whole(UNANCHORED, raw, 0, len(raw))[0][0] >= 0:
            met.add(raw)
            left = bare(raw) if is_bare else raw
            assert any(part(UNANCHORED, left, 0, len(left))[0][0] >= 0 for part in parts)
            hits = database.hits(left)
            assert hits
            assert any(len(left) >= gate[number].least for number in hits)

    check()
    assert len(met) > 20


@settings(max_examples=500, deadline=None)
@given(_values)
def test_what_is_erased_takes_the_bare_match(value: str) -> None:
    raw = value.encode()
    for exact, loose in _ERASED:
        start, end = exact(UNANCHORED, raw, 0, len(raw))[0]
        if start >= 0:
            taken = bare(raw[start:end])
            assert (0, len(taken)) == loose(UNANCHORED, taken, 0, len(taken))[0]


_ERASED = [
    (match_function(spell(read(text)[0])), match_function(spell(read(rf"\A(?:{spell(erased(read(text)[0]))})\z")[0])))
    for text in (r"""c["a]+t""", r"""(?:'|x"){2,3}[^a]""", r"""[;^]\s*(?:"a'|\w\\)*\)""", r"""(?:(?:"?)'?){3,}d?.""")
]


def test_prose_is_no_command() -> None:
    gate = Gate(compile_pcre(UNIX).gate or ())
    for value in (
        b'It is said that "cats" (and dogs) don\'t like it; we shall see',
        b"The list ends here.\nNothing else follows",
        b"jane.doe@example.com",
        b"https://example.com/news/2024/cats",
    ):
        assert not gate.hits(bare(value)), value
