"""What must not be readable in a log: secrets in queries, in addresses with user-info, and in free text.

All of it is one pass over text that was cut before, without a regular expression. It errs on the side of masking: a log in
which a harmless `country_code` is missing costs less than one with a token in it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

MASK: Final = "***"
CUT: Final = "..."
TEXT_CHARACTERS: Final = 4096  # of free text; what is longer is no message but a dump

# Parts of a name that make its value a secret wherever they stand: access_token, newPassword, X-CSRF-Token.
_WITHIN: Final = (
    *("token", "passw", "pwd", "secret", "authoriz", "oauth", "session"),
    *("signature", "credential", "apikey", "jwt", "cookie"),
)
# Words too short to look for inside others: `key` must not hit `keyword`.
_WORDS: Final = frozenset({"key", "keys", "code", "sig", "sid", "pass", "pin", "otp", "hmac", "nonce", "auth", "sas"})
_SEPARATORS: Final = str.maketrans(dict.fromkeys("-_.[]:$/\\", " "))
_NESTED: Final = str.maketrans(dict.fromkeys("?;#", "&"))
_SCHEMES: Final = frozenset({"bearer", "basic"})  # of Authorization: the next word is a secret


@lru_cache(maxsize=1024)  # names repeat; the bound keeps invented ones from filling memory
def is_secret_name(name: str) -> bool:
    """Whether a parameter or field of this name holds a secret; percent-encoding and case make no difference."""
    if "%" in name:
        name = unquote_to_bytes(name).decode("latin-1")
    lower = name.lower()
    return any(part in lower for part in _WITHIN) or not _WORDS.isdisjoint(_words(name))


def _words(name: str) -> list[str]:
    """The words of snake_case, kebab-case and camelCase names, in lower case."""
    spaced = "".join(f" {char}" if char.isupper() else char for char in name) if not name.isupper() else name
    return [*spaced.translate(_SEPARATORS).lower().split(), *name.translate(_SEPARATORS).lower().split()]


def cut(text: str, most: int) -> str:
    """At most `most` characters, with a mark where some were taken away."""
    return text if len(text) <= most else text[: most - len(CUT)] + CUT


def masked_query(query: str) -> str:
    """A query, or a form, with the values of secret names masked; `&` and `;` both end a value."""
    if "=" not in query:
        return MASK if _is_jwt(query) else query
    if ";" in query:
        return ";".join(_masked_pairs(part) for part in query.split(";"))
    return _masked_pairs(query)


def _masked_pairs(pairs: str) -> str:
    jwts = "eyJ" in pairs
    kept = pairs.split("&")
    found = False
    for place, pair in enumerate(kept):
        name, equals, value = pair.partition("=")
        if not equals:
            continue
        nested = "=" in value or "%3" in value
        if is_secret_name(name) or (jwts and _is_jwt(value)) or (nested and _nests_secret(value)):
            found = True
            kept[place] = f"{name}={MASK}"
    return "&".join(kept) if found else pairs


def _nests_secret(value: str) -> bool:
    """Whether a value is itself a URL or form that holds a secret, such as `next=/in?token=...`, encoded once or not."""
    inner = unquote_to_bytes(value).decode("latin-1").translate(_NESTED)
    return any(equals and is_secret_name(name) for name, equals, _ in (pair.partition("=") for pair in inner.split("&")))


def _is_jwt(value: str) -> bool:
    """Whether this looks like a signed token: a header beginning with `{"` in base64url, and two dots."""
    return value.startswith("eyJ") and value.count(".") >= 2


def masked(text: str) -> str:
    """Free text, such as an exception's, with credentials masked and cut to `TEXT_CHARACTERS`.

    Masked are user-info in URLs, what follows Bearer, Basic and the like, values of secret names before `=` or `:`, and JWTs.
    """
    return "\n".join(_masked_line(line) for line in cut(text, TEXT_CHARACTERS).split("\n"))


def _masked_line(line: str) -> str:
    words = line.split(" ")
    announced = False  # the word before says that this one is a secret
    for place, word in enumerate(words):
        if word.lower() in _SCHEMES:
            announced = True
        elif announced and word:
            words[place] = MASK
            announced = False
        elif word.endswith((":", "=")):
            announced = _names_secret(word[:-1])
        else:
            words[place] = _masked_word(word)
    return " ".join(words)


def _names_secret(word: str) -> bool:
    """Whether a word of a sentence is a secret's name; `KeyError` is none."""
    return is_secret_name(word.strip("\"'{[(,")) and not word.endswith(("Error", "Exception"))


def _masked_word(word: str) -> str:
    if "://" in word and "@" in word:
        word = _without_userinfo(word)
    if "=" in word:
        address, question, query = word.rpartition("?")
        return address + question + masked_query(query)
    if ":" in word and "://" not in word:
        name = word.partition(":")[0]
        return f"{name}:{MASK}" if _names_secret(name) else word
    return MASK if _is_jwt(word.strip("\"'")) else word


def _without_userinfo(word: str) -> str:
    scheme, _, rest = word.partition("://")
    return f"{scheme}://{MASK}@{rest.rpartition('@')[2]}"  # the last @: a password may hold an @ or a slash
