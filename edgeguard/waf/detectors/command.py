r"""Would a value that is put into a command line go on with a command of its own? Of Unix's shells, cmd.exe and PowerShell.

The value comes with quotes and escapes taken away (`cmd_line`). A command stands behind what ends one (`;`, `|`, `&`, a line end)
or begins a substitution (`$(`, a back quote). Prose has such signs, too, and so do tables and code: a word of everyday language
counts only with something behind it that is an argument and no word, back quotes count only where they make the whole value, and
a sentence before the sign makes it a text about commands.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from edgeguard.waf.detectors.command_words import ALONE, BEFORE, EVERYDAY, NAMES, PRODUCTS, RUNNERS, SHOWN, SUBCOMMANDS, TELLING
from edgeguard.waf.detectors.finding import RANKS, READ, Finding

if TYPE_CHECKING:
    from edgeguard.waf.detectors.finding import Confidence

_NOTHING: frozenset[bytes] = frozenset()
_VERBS = (b"get-", b"set-", b"new-", b"invoke-", b"start-", b"stop-", b"remove-")
_SWITCHED = frozenset((b"cmd", b"dir", b"del", b"erase", b"type", b"copy", b"xcopy", b"rd", b"md"))
_PROGRAMS = (b".exe", b".com", b".bat", b".cmd", b".ps1", b".vbs")
_BLOCKS = (b"for ", b"while ", b"until ", b"if ", b"do ", b"then ", b"case ", b"export ", b"local ", b"readonly ")
_STATEMENTS = frozenset((b"import", b"from", b"print", b"exec", b"eval", b"require", b"puts", b"system", b"use", b"phpinfo"))
_CONTROLS = frozenset((b"start", b"stop", b"accounts", b"session", b"config", b"time", b"statistics"))
_PLAIN_WORDS = 2  # behind a name that is no word of a language
_PLACES = 96
"""Signs in a value behind which a command is looked for. A command line of an attack has a few; code has one a line."""

_LENGTH = 256  # bytes read of one command
_SIGNS = b";|&\n\r`"
_ENDING = _SIGNS + b" $<>"
_ENDS = bytes(0x0A if octet in b";|&\n\r`)#" else octet for octet in range(256))
_TO_SIGNS = bytes(0x3B if octet in _SIGNS else octet for octet in range(256))
_NAME = b"abcdefghijklmnopqrstuvwxyz0123456789_.-"
_NAMED = bytes(octet if octet in _NAME else 0x20 for octet in range(256))
_OPENS = b" \t\x0b\x0c({!@+"
_GLOBS = b"?*["
_PATH = _NAME + b"/?*[]~:%"
_ROOTS = (b"/bin/", b"/usr/", b"/sbin/", b"/tmp/", b"/opt/", b"/dev/", b"/var/", b"/home/", b"/etc/", b"/proc/", b"/root/", b"c:")
_WAITS = frozenset((b"sleep", b"timeout", b"ping", b"start-sleep", b"kill"))
_FILES = frozenset((b"id_rsa", b"passwd", b"shadow", b"authorized_keys", b"sudoers", b"flag", b"flag.txt"))
_FEW = 2  # words before a sign that are no sentence
_TABLE = 3  # bars that make a table


@lru_cache(maxsize=32)
def detect_command(value: bytes) -> Finding | None:
    """The most telling finding in `value`; None where there is none."""
    low = value[:READ].lower()
    marked = low.translate(_TO_SIGNS)
    best = _whole(low)
    line = _is_line(low)
    at = -1
    for _ in range(_PLACES):
        at = _next(marked, low, at + 1)
        if at < 0:
            break
        found = _behind(low, at, line=line)
        if found is not None and (best is None or RANKS[found.confidence] > RANKS[best.confidence]):
            best = found
            if found.confidence == "high":
                break
    return best


def _next(marked: bytes, low: bytes, at: int) -> int:
    """Where the next sign stands: the last byte of it."""
    plain = marked.find(b";", at)
    opened = low.find(b"(", at, plain if plain >= 0 else len(low))
    while opened > 0 and low[opened - 1] not in b"$<>":
        opened = low.find(b"(", opened + 1, plain if plain >= 0 else len(low))
    return opened if opened > 0 else plain


def _behind(low: bytes, at: int, *, line: bool) -> Finding | None:
    rest = low[at + 1 : at + 1 + _LENGTH]
    level, what = _command(rest)
    if not level:
        return None
    sign = low[at : at + 1]
    confidence: Confidence = "high" if level > 1 else "medium"
    before = len(low[: min(at, 512)].rstrip(_ENDING).split(None, _FEW + 2))
    if sign == b"`":
        ended = rest.find(b"`")
        if before > 1 or (ended >= 0 and len(rest[ended + 1 :].split()) > 1):
            # `x` within a sentence is how Markdown writes code; behind a word there is no blank in it.
            confidence = "medium" if level > 1 and at and not low[at - 1 : at].isspace() else "low"
    elif sign in (b"\n", b"\r") and before > 1:
        confidence = "medium" if level > 1 and before <= _FEW else "low"
    elif (
        sign == b"|"
        and low.lstrip()[:1] == b"|" != low.lstrip()[1:2]
        and low.count(b"|") >= _TABLE
        and (low.rstrip()[-1:] == b"|" or b"|\n" in low)
    ):
        confidence = "low"
    elif (before > _FEW or line) and (sign != b"(" or _in_script(low, at)):
        confidence = "medium" if level > 1 else "low"
    return Finding("command", confidence, what, (at, min(at + 1 + _LENGTH, len(low))))


def _whole(low: bytes) -> Finding | None:
    """A value that is a command from its beginning: only what runs something else is told from a question about it."""
    name, tail = _named(low[:_LENGTH].lstrip())
    if name not in RUNNERS or not tail[:1].isspace():
        return None
    words = tail.split(None, 3)
    if name.startswith((b"powershell", b"pwsh")) and words and b"-" in words[0][1:] and words[0].replace(b"-", b"").isalpha():
        return Finding("command", "medium", "whole", (0, min(len(low), _LENGTH)))
    flags = [word for word in words[:3] if word[:1] in (b"-", b"/") and len(word) > 1]
    if not flags or len(words) == len(flags):
        return None
    told = words[0] == flags[0] and flags[0] not in (b"--help", b"--version", b"-v", b"-h")
    certain = told and not name.startswith((b"powershell", b"pwsh", b"cmd"))  # which instructions to install something begin with
    rest = words[len(flags) :]
    if certain and flags[-1] == b"-c" and rest[0].isalpha() and rest[0] not in NAMES | _STATEMENTS:
        certain = False  # a question about the option
    if name.startswith(b"cmd") and rest[0].isalpha() and rest[0] not in NAMES:
        return None  # another one
    if name.startswith(b"cmd") and told and flags[0] in (b"/c", b"/k", b"/r") and _command(b" ".join(rest))[0] > 1:
        certain = True
    return Finding("command", "high" if certain else "medium", "whole", (0, min(len(low), _LENGTH)))


def _is_line(low: bytes) -> bool:
    """Whether the value begins with a command, and so is a line that someone shows: what is injected goes on behind a value."""
    name, tail = _named(low[:_LENGTH].lstrip(b" \t$>"))
    return name in SHOWN and tail[:1] == b" " and not tail.lstrip().startswith((b"/etc", b"-c ", b"-e "))


def _in_script(low: bytes, at: int) -> bool:
    """Whether a substitution stands in a line of a script that someone shows: a loop or so, behind nothing or a sentence."""
    start = max(low.rfind(b"\n", 0, at), low.rfind(b"`", 0, at)) + 1
    if not low[start:at].lstrip(b" \t$>").startswith(_BLOCKS):
        return False
    return len(low[:start].rstrip(_ENDING).split(None, _FEW)) != 1


def _command(rest: bytes) -> tuple[int, str]:
    """How much speaks for a command at the beginning of `rest`: 0 nothing, 1 a little, 2 much."""
    text = rest.lstrip(_OPENS)
    for _ in range(3):
        name, tail = _named(text)
        if b"=" in tail[:1] and name.isalnum() and len(name) <= 16:
            text = tail.partition(b" ")[2].lstrip() if b" " in tail[:64] else b""
        elif name in BEFORE and tail[:1].isspace() and _named(tail.lstrip())[0]:
            text = tail.lstrip()
            while text[:1] == b"-" and b" " in text:
                text = text.partition(b" ")[2].lstrip()
            if text[:1] == b"-":
                return 2, "flags"
        else:
            break
    pieces = text.split(None, 1)
    if not pieces:
        return 0, ""
    first = pieces[0]
    if first[:1] in (b"/", b".", b"~", b"$", b"?", b"*", b"%", b"[") or first[1:2] == b":":
        return _path(first, text)
    name, tail = _named(text)
    base = name[:-4] if name.endswith((b".exe", b".com", b".bat")) else name
    if base not in NAMES:
        return 0, ""
    return _argued(base, tail, listed=rest.lstrip()[:1] == b"{")


def _named(text: bytes) -> tuple[bytes, bytes]:
    """The word at the beginning, and what follows."""
    end = (text.translate(_NAMED) + b" ").find(b" ")
    return text[:end], text[end:]


def _path(first: bytes, text: bytes) -> tuple[int, str]:
    """A command by its path, perhaps with a pattern in it, or out of variables."""
    word = first.translate(_ENDS).partition(b"\n")[0]
    if word[:1] == b"$":
        parts = [part[:1] for part in word.split(b"$")[1:]]
        named = all(part.isalnum() or part == b"{" for part in parts)
        return (
            (2, "variable")
            if named and (len(parts) > 1 or b"<<<" in word or b":" in word) and not word.translate(None, _PATH + b"${}:<")
            else (0, "")
        )
    if word.translate(None, _PATH):
        return 0, ""
    if any(octet in word for octet in _GLOBS):
        fits = word[:1] == b"/" and word.count(b"/") > 1 and any(octet in _NAME for octet in word)
        return (2, "pattern") if fits and word[1:2] != b"/" else (0, "")
    if word[:1] == b"%":
        return (2, "variable") if word.startswith((b"%comspec%", b"%systemroot%")) else (0, "")
    base = word.rpartition(b"/")[2] or word.rpartition(b"\\")[2]
    if base in TELLING or base in ALONE:
        return 2, "path"
    if word[1:2] == b":" and word.endswith(_PROGRAMS):
        return 2, "path"
    if word.startswith(_ROOTS) and word.count(b"/") > 1:
        return 2 if len(text.split(None, 3)) <= 3 else 1, "path"
    if word[:2] in (b"./", b"~/") and len(word) > 2:
        return 2, "path"
    if word == b"." and text[1:3].strip()[:1] in (b"/", b"."):
        return 2, "source"
    return 0, ""


def _argued(name: bytes, tail: bytes, *, listed: bool) -> tuple[int, str]:
    """How likely `tail` is what follows a command's name."""
    if listed and tail[:1] == b",":
        return 2, "listed"
    if tail[:1] in (b"<", b">") and tail[1:]:
        return 2, "redirected"
    argument = tail.translate(_ENDS).partition(b"\n")[0].rstrip(b" \t}")
    if not argument:
        ended = tail.strip()[:1]
        return (
            2 if name in ALONE or (name in TELLING and ended and name not in PRODUCTS) else 1 if name in TELLING - PRODUCTS else 0
        ), "alone"
    if not argument[:1].isspace():
        switched = name in _SWITCHED and argument[:1] == b"/" and argument[1:2].isalpha() and argument[2:3] in (b"", b" ", b":")
        return (2, "switch") if switched else (0, "")
    words = argument.split(None, 6)
    if not SUBCOMMANDS.get(name, _NOTHING).isdisjoint(words[:2]) or (name == b"su" and words[0][:1] == b"-"):
        return 2, "subcommand"
    signs = sum(map(_is_argument, words[:6]))
    if name in EVERYDAY:
        if name in _WAITS and words[0].rstrip(b"sm").isdigit() and len(words) == 1:
            return 2, "waits"
        if name == b"net" and words[0] in (b"user", b"localgroup", b"view", b"share", b"group", b"use"):
            return 2, "net"
        if name == b"net" and words[0] in _CONTROLS and len(words) <= 2:
            return 2, "net"
        if name == b"reg" and words[0] in (b"query", b"add", b"delete", b"save"):
            return 2, "reg"
        if name in (b"echo", b"printf") and len(words) == 1:
            return 2, "echo"
        return (2 if signs and 2 * signs >= len(words) - 1 and (signs > 1 or len(words) <= 3) else 0), "argument"
    if signs:
        return 2, "argument"
    if len(words) <= _PLAIN_WORDS and name not in PRODUCTS:
        return 2, "word"
    return (1 if len(words) <= 2 else 0), "word"


def _is_argument(word: bytes) -> bool:
    """Whether a word is a flag, a path, an address, a variable, or a redirection."""
    first = word[:1]
    if first == b"-":
        return (len(word) > 1 and word[1:2] != b"-") or len(word) > 3
    if first in (b"/", b"~"):
        return True
    if first in (b"<", b">"):
        return word.strip(b"<>&0123456789") != b""
    if first in (b"$", b"%", b"{", b"@", b"*"):
        return len(word) > 1
    if (
        b"://" in word
        or word in _FILES
        or word.startswith(_VERBS)
        or word[:2] in (b"./", b"..")
        or (first == b"." and word[1:].isalpha())
    ):
        return True
    if word[1:2] == b":" or b"/" in word[1:-1]:
        return True
    host, dot, rest = word.partition(b".")
    return bool(dot and host and rest[:1].isalnum()) and not word.endswith(b".")
