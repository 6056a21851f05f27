r"""A pattern's text read as PCRE reads it, without UTF, with the dot taking all and `$` the end of data only.

Left out, each with a sentence: recursion, conditions, verbs, branch resets, callouts, `\K`, `\X`, `\p`.
"""

from __future__ import annotations

from dataclasses import dataclass

from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre.brackets import read_brackets
from edgeguard.waf.pcre.escapes import one_octet, short_set
from edgeguard.waf.pcre.nodes import (
    EMPTY,
    Again,
    Atomic,
    Chain,
    Choice,
    Edge,
    Group,
    Look,
    Node,
    Octet,
    Place,
    Repeat,
    chained,
)
from edgeguard.waf.pcre.octets import ALL, NEWLINE, folded, of

_DEPTH = 100  # of parentheses within each other; PCRE takes 250, rules have ten
_REPEATS = 65_535  # as PCRE
_PLAIN = [Octet(1 << octet) for octet in range(256)]
_FOLDED = [Octet(folded(1 << octet)) for octet in range(256)]
_EDGES: dict[str, Place] = {
    "A": "start",
    "G": "start",
    "z": "end",
    "Z": "last_line_end",
    "b": "word_edge",
    "B": "no_word_edge",
}
_LOOKS = {"?=": (True, False), "?!": (True, True), "?<=": (False, False), "?<!": (False, True)}
_LINE_END = Atomic(Choice((Chain((_PLAIN[13], _PLAIN[10])), Octet(of(b"\n\v\f\r\x85")))))


@dataclass(frozen=True, slots=True)
class Flags:
    """What `(?imsxU)` switches."""

    i: bool = False
    m: bool = False
    s: bool = True
    x: bool = False
    U: bool = False


def read(text: str) -> tuple[Node, int]:
    """The pattern, each character of `text` an octet, and how many groups it has.

    Raises:
        Refused: it is no pattern, or one that is not taken.
    """
    reader = _Reader(text)
    node = reader.choice(0)
    if reader.at < len(text):
        raise Refused("a closing parenthesis that none has opened")
    if reader.highest > reader.groups:
        raise Refused(f"there is no group {reader.highest}")
    return node, reader.groups


class _Reader:
    __slots__ = ("at", "flags", "groups", "highest", "names", "text", "total")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.flags = Flags()
        self.groups = 0
        self.highest = 0
        self.names: dict[str, int] = {}
        self.total = text.count("(")  # no fewer than the groups there are

    def choice(self, depth: int) -> Node:
        """Branches up to a closing parenthesis or the end."""
        if depth > _DEPTH:
            raise Refused(f"more than {_DEPTH} parentheses within each other")
        outer = self.flags
        branches = [self.chain(depth)]
        while self.text[self.at : self.at + 1] == "|":
            self.at += 1
            branches.append(self.chain(depth))
        self.flags = outer
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def chain(self, depth: int) -> Node:
        """One branch."""
        text, end = self.text, len(self.text)
        parts: list[Node] = []
        while True:
            if self.flags.x:
                self.skip_free_space()
            if self.at >= end:
                break
            char = text[self.at]
            if char in "|)":
                break
            if text.startswith("\\Q", self.at):
                self.quoted(parts)
                continue
            node = self.item(char, depth)
            if node is not None:
                parts.append(self.repeated(node))
        return chained(parts)

    def skip_free_space(self) -> None:
        """Over what `(?x)` lets go."""
        text = self.text
        while self.at < len(text):
            if text[self.at] in " \t\n\v\f\r":
                self.at += 1
            elif text[self.at] == "#":
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end + 1
            else:
                return

    def quoted(self, parts: list[Node]) -> None:
        r"""What stands between `\Q` and `\E`; a repetition behind it counts for the last octet."""
        end = self.text.find("\\E", self.at + 2)
        stop = len(self.text) if end < 0 else end
        octets = self.text[self.at + 2 : stop]
        parts.extend(map(self.literal, octets))
        self.at = stop if end < 0 else stop + 2
        if octets:
            parts.append(self.repeated(parts.pop()))

    def literal(self, char: str) -> Octet:
        """An octet, in both cases where case does not count."""
        return (_FOLDED if self.flags.i else _PLAIN)[ord(char)]

    def item(self, char: str, depth: int) -> Node | None:
        """One item without its repetition; None for what only switches flags."""
        if char == "\\":
            return self.escape()
        if char == "(":
            return self.parenthesis(depth)
        if char == "[":
            mask, self.at = read_brackets(self.text, self.at, caseless=self.flags.i)
            return Octet(mask)
        self.at += 1
        if char == ".":
            return Octet(ALL if self.flags.s else ALL ^ NEWLINE)
        if char == "^":
            return Edge("line_start" if self.flags.m else "start")
        if char == "$":
            return Edge("line_end" if self.flags.m else "end")
        if char in "*+?" or (char == "{" and self.bounds(self.at - 1) is not None):
            raise Refused(f"'{self.text[max(0, self.at - 10) : self.at]}': nothing to repeat")
        return self.literal(char)

    def escape(self) -> Node | None:
        r"""A backslash and what it makes."""
        text = self.text
        letter = text[self.at + 1 : self.at + 2]
        if letter == "E":
            self.at += 2
            return None
        if letter in _EDGES and letter:
            self.at += 2
            return Edge(_EDGES[letter])
        if letter == "R":
            self.at += 2
            return _LINE_END
        mask = short_set(letter) if letter else None
        if mask is not None:
            self.at += 2
            return Octet(mask)
        if letter in "gk" and letter:
            return self.named_again(letter)
        if letter in "123456789" and letter and (number := self.group_number(self.at + 1)):
            return self.again(number)
        octet, self.at = one_octet(text, self.at + 1)
        return self.literal(chr(octet))

    def group_number(self, at: int) -> int:
        """The number of the group that the digits at `at` mean; 0 where they are octal, and then nothing is taken."""
        end = at
        while end < len(self.text) and self.text[end].isdigit() and end < at + 3:
            end += 1
        number = int(self.text[at:end])
        if number > 9 and number > self.total:
            return 0
        self.at = end
        return number

    def named_again(self, letter: str) -> Node:
        r"""`\k<name>`, `\g{1}`, `\g{-1}`, `\g1` and their like."""
        text = self.text
        opened = text[self.at + 2 : self.at + 3]
        closes = {"{": "}", "<": ">", "'": "'"}.get(opened)
        if closes is None or (letter == "g" and opened != "{"):
            if letter == "g" and opened.isdigit():
                number = self.group_number(self.at + 2)
                return self.again(number)
            raise Refused(f"\\{letter}{opened}: write \\g{{number}} or \\k{{name}}; a call of a group is not taken")
        end = text.find(closes, self.at + 3)
        name = text[self.at + 3 : end] if end > 0 else ""
        self.at = end + 1
        if name.isdigit():
            return self.again(int(name))
        if name[:1] == "-" and name[1:].isdigit():
            return self.again(self.groups + 1 - int(name[1:]))
        return self.again(self.names.get(name, 0))

    def again(self, number: int) -> Node:
        """What a group matched, once more."""
        if number < 1:
            raise Refused("a group is meant that there is not")
        self.highest = max(self.highest, number)
        return Again(number, self.flags.i)

    def parenthesis(self, depth: int) -> Node | None:
        """What stands at an opening parenthesis; None for a comment, or flags for the rest of the group."""
        text, at = self.text, self.at
        if text.startswith("(*", at):
            raise Refused(f"'{text[at : at + 12]}': verbs are not taken")
        if not text.startswith("(?", at):
            self.at += 1
            return self.group(None, depth)
        for head, (ahead, negated) in _LOOKS.items():
            if text.startswith(head, at + 1):
                self.at += 1 + len(head)
                return Look(self.closed(depth), ahead, negated)
        third = text[at + 2 : at + 3]
        if third == "#":
            end = text.find(")", at)
            if end < 0:
                raise Refused("a comment that does not end")
            self.at = end + 1
            return None
        if third == ">":
            self.at += 3
            return Atomic(self.closed(depth))
        for head, closes in (("?P<", ">"), ("?<", ">"), ("?'", "'")):
            if text.startswith(head, at + 1):
                end = text.find(closes, at + 1 + len(head))
                name = text[at + 1 + len(head) : end] if end > 0 else ""
                if not name or not name.replace("_", "a").isalnum() or name[0].isdigit():
                    raise Refused(f"'{text[at : at + 12]}': the group's name is none")
                self.at = end + 1
                return self.group(name, depth)
        if text.startswith("?P=", at + 1):
            end = text.find(")", at)
            self.at = end + 1
            return self.again(self.names.get(text[at + 4 : end], 0))
        return self.switch(depth)

    def group(self, name: str | None, depth: int) -> Node:
        """A group that is kept."""
        self.groups += 1
        number = self.groups
        if name is not None:
            if name in self.names:
                raise Refused(f"two groups are named '{name}'")
            self.names[name] = number
        return Group(number, self.closed(depth))

    def closed(self, depth: int) -> Node:
        """Branches, and the parenthesis that closes them."""
        node = self.choice(depth + 1)
        if self.text[self.at : self.at + 1] != ")":
            raise Refused("a parenthesis that is not closed")
        self.at += 1
        return node

    def switch(self, depth: int) -> Node | None:
        """`(?flags)` for the rest of the group, `(?flags:...)` for what is in it."""
        text = self.text
        end = self.at + 2
        on = True
        changed: dict[str, bool] = {}
        if text[end : end + 1] == "^":
            changed = dict.fromkeys("imsx", False)
            end += 1
        while text[end : end + 1] in tuple("imsxUJn-"):
            if text[end] == "-":
                on = False
            elif text[end] in "imsxU":
                changed[text[end]] = on
            else:
                raise Refused(f"the flag {text[end]} is not taken")
            end += 1
        closing = text[end : end + 1]
        if closing not in (":", ")"):
            raise Refused(f"'{text[self.at : self.at + 6]}': groups of this kind are not taken")
        outer = self.flags
        self.flags = Flags(**{name: changed.get(name, getattr(outer, name)) for name in ("i", "m", "s", "x", "U")})
        self.at = end + 1
        if closing == ")":
            return None
        node = self.closed(depth)
        self.flags = outer
        return node

    def bounds(self, at: int) -> tuple[int, int | None, int] | None:
        """`{m}`, `{m,}` or `{m,n}` at `at`, and where it ends; None where the brace stands for itself."""
        end = self.text.find("}", at, at + 14)
        if end < 0:
            return None
        least, comma, most = self.text[at + 1 : end].partition(",")
        if not (least.isascii() and least.isdigit()) or not (most == "" or (most.isascii() and most.isdigit())):
            return None
        return int(least), int(least) if not comma else int(most) if most else None, end + 1

    def repeated(self, node: Node) -> Node:
        """The item with the repetition that stands behind it, if any."""
        if self.flags.x:
            self.skip_free_space()
        text = self.text
        char = text[self.at : self.at + 1]
        if char in ("*", "+", "?"):
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
            self.at += 1
        elif char == "{" and (bounds := self.bounds(self.at)) is not None:
            least, most, self.at = bounds
            if (most is not None and most < least) or max(least, most or 0) > _REPEATS:
                raise Refused(f"{{{least},{most}}} is no number of times")
        else:
            return node
        mode = text[self.at : self.at + 1]
        if mode in ("?", "+"):
            self.at += 1
        if isinstance(node, Edge | Look):
            return EMPTY if least == 0 else node  # once is as good as often
        if least == 0 and most == 0:
            return EMPTY
        if mode == "+":
            return self.repeated_again(Atomic(Repeat(node, least, most)))
        return self.repeated_again(Repeat(node, least, most, greedy=(mode == "?") == self.flags.U))

    def repeated_again(self, node: Node) -> Node:
        """A second repetition is what PCRE takes for a repetition of the first, and what is mostly an oversight."""
        char = self.text[self.at : self.at + 1]
        if (char in ("*", "+", "?")) or (char == "{" and self.bounds(self.at) is not None):
            raise Refused(f"'{self.text[max(0, self.at - 10) : self.at + 1]}': a repetition of a repetition needs parentheses")
        return node
