"""Rules in SecLang as a site collects them over the years: patches for single pages, words, and clients that are not welcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

_SYLLABLES = ("ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "zu", "dra", "fle", "gri", "sto")
_FIRST_ID = 8_000_000


def custom_rules(count: int, random: Random) -> str:
    """`count` rules, none of which is there for what ordinary traffic holds."""
    return "\n".join(random.choice(_KINDS)(_FIRST_ID + number, random) for number in range(count)) + "\n"


def _word(random: Random) -> str:
    return "".join(random.choice(_SYLLABLES) for _ in range(random.randrange(3, 6)))


def _patched_page(number: int, random: Random) -> str:
    return (
        f'SecRule REQUEST_FILENAME "@beginsWith /{_word(random)}/{_word(random)}" \\\n'
        f"    \"id:{number},phase:2,deny,status:403,t:none,t:lowercase,msg:'A page that takes numbers only',chain\"\n"
        f'    SecRule ARGS:{_word(random)} "!@rx ^[0-9]{{1,10}}$" "t:none"'
    )


def _pattern(number: int, random: Random) -> str:
    return (
        f'SecRule ARGS|REQUEST_COOKIES "@rx (?i)\\b{_word(random)}\\s*\\(\\s*[\'\\"]?{_word(random)}" \\\n'
        f"    \"id:{number},phase:2,deny,status:403,t:none,t:urlDecodeUni,msg:'A call that nobody makes'\""
    )


def _words(number: int, random: Random) -> str:
    words = " ".join(_word(random) for _ in range(6))
    return (
        f'SecRule ARGS|ARGS_NAMES "@pm {words}" \\\n    "id:{number},phase:2,deny,status:403,t:none,t:lowercase,msg:\'A word\'"'
    )


def _client(number: int, random: Random) -> str:
    return (
        f'SecRule REQUEST_HEADERS:User-Agent "@contains {_word(random)}bot" \\\n'
        f"    \"id:{number},phase:1,deny,status:403,t:none,t:lowercase,msg:'A client that is not welcome'\""
    )


def _name(number: int, random: Random) -> str:
    return f'SecRule ARGS_NAMES "@streq {_word(random)}" \\\n    "id:{number},phase:2,deny,status:403,t:none,msg:\'A name\'"'


_KINDS = (_patched_page, _pattern, _words, _client, _name)
