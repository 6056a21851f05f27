"""From SecLang scripts to a `Program`: every directive is worked on in order, all that is wrong is told at once.

Where engines read a script in different ways, the program has a note about it: ModSecurity's reference decides, then what the
tests of the Core Rule Set want, then libmodsecurity.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from edgeguard.waf.faults import Refused, RuleFault, RulesError, unknown
from edgeguard.waf.seclang.assemble import Default, assembled
from edgeguard.waf.seclang.changes import Change, Changes
from edgeguard.waf.seclang.directives import DIRECTIVES, IDLE
from edgeguard.waf.seclang.draft import LinkDraft, RuleDraft
from edgeguard.waf.seclang.files import content, found
from edgeguard.waf.seclang.lines import statements
from edgeguard.waf.seclang.operator_text import operation
from edgeguard.waf.seclang.said import Remark, Said, said
from edgeguard.waf.seclang.syntax import Configuration, Marker, Note, Place, Program
from edgeguard.waf.seclang.variable_list import variable_list
from edgeguard.waf.seclang.words import Misplaced, shown, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.waf.seclang.changes import Kind
    from edgeguard.waf.seclang.directives import Directive
    from edgeguard.waf.seclang.lines import Statement
    from edgeguard.waf.seclang.said import Owner
    from edgeguard.waf.seclang.syntax import Variable
    from edgeguard.waf.seclang.words import Pairs, Word

_FAULTS: Final = 200  # who reads more; looking for nearest names takes its time
_DEPTH: Final = 16  # of files that include each other
_FILES: Final = 10_000
_LINKS: Final = 100  # of a chain; the longest of CRS has 4
_LONGEST: Final = 1024 * 1024  # characters of a statement; the longest of CRS has 9,000

_QUIET: Final = frozenset({"pass", "block"})  # what a chained rule may say without a meaning


def read_seclang(paths: Sequence[Path | str], *, pairs: Pairs = "halved") -> Program:
    """The program of files and patterns, in their order.

    Raises:
        RulesError: something in them is wrong.
    """
    reader = Reader(pairs=pairs)
    reader.files(*paths)
    return reader.program()


def read_seclang_text(text: str, file: str = "<text>", folder: Path | str | None = None, *, pairs: Pairs = "halved") -> Program:
    """The program of one text; `folder` is where names of files in it are taken from.

    Raises:
        RulesError: something in it is wrong.
    """
    reader = Reader(pairs=pairs)
    reader.text(text, file, folder)
    return reader.program()


class Reader:
    r"""Reads texts and files into one program, in the order in which they are given.

    `pairs` says whether two backslashes are one, as Apache reads them and the Core Rule Set 3 means them, or stay two, as in
    libmodsecurity.
    """

    def __init__(self, *, pairs: Pairs = "halved") -> None:
        self._pairs: Pairs = pairs
        self._items: list[RuleDraft | Marker] = []
        self._rules = 0
        self._open: RuleDraft | None = None  # a chain that waits for its next link
        self._ids: dict[int, Place] = {}
        self._defaults: dict[int, Default] = {}
        self._changes = Changes()
        self._configuration = Configuration()
        self._faults: list[RuleFault] = []
        self._notes: list[Note] = []
        self._folders: dict[str, str] = {}
        self._stack: list[Path] = []
        self._files = 0
        self._variables: dict[str, tuple[Variable, ...]] = {}
        self._work: dict[str, Callable[[Statement, list[Word], Place], None]] = {
            "include": self._include,
            "includeoptional": self._include_optional,
            "secrule": self._rule,
            "secaction": self._action,
            "secmarker": self._marker,
            "secdefaultaction": self._default,
            "secruleremovebyid": self._remove_by_id,
            "secruleremovebytag": self._remove_by_tag,
            "secruleremovebymsg": self._remove_by_message,
            "secruleupdatetargetbyid": self._target_by_id,
            "secruleupdatetargetbytag": self._target_by_tag,
            "secruleupdatetargetbymsg": self._target_by_message,
            "secruleupdateactionbyid": self._action_by_id,
        }

    def text(self, text: str, file: str = "<text>", folder: Path | str | None = None) -> None:
        """Read a text; faults are told by `program`."""
        self._read(text, file, "" if folder is None else str(folder))
        self._close()

    def files(self, *paths: Path | str) -> None:
        """Read files and what patterns mean, each in the order of names; faults are told by `program`."""
        for path in paths:
            place = Place(str(path), 1)
            try:
                met = found(str(path), "")
            except Refused as error:
                self._fault(place, str(error))
                continue
            if not met:
                self._fault(place, "no file is there")
            for file in met:
                self._file(file, place)
                self._close()

    def program(self) -> Program:
        """All that was read.

        Raises:
            RulesError: something in it is wrong.
        """
        if self._faults:
            raise RulesError(self._faults)
        items, notes = assembled(self._items, self._changes, self._defaults)
        files = {file: at for at, file in enumerate(self._folders)}
        notes = sorted(self._notes + notes, key=lambda note: (files.get(note.place.file, -1), note.place.line))
        return Program(tuple(items), self._configuration, tuple(notes), dict(self._folders))

    # Reading.

    def _read(self, text: str, file: str, folder: str) -> None:
        self._folders.setdefault(file, folder)
        for statement in statements(text):
            if len(self._faults) >= _FAULTS:
                return
            place = Place(file, statement.line)
            try:
                self._directive(statement, place)
            except Refused as error:
                at = statement.line_at(error.at) if isinstance(error, Misplaced) else statement.line
                self._fault(Place(file, at), str(error))
                if statement.name.lower() in ("secrule", "secaction"):
                    self._link(_broken(statement, place))

    def _directive(self, statement: Statement, place: Place) -> None:
        if len(statement.rest) > _LONGEST:
            raise Refused(f"{shown(statement.name)} goes on for more than {_LONGEST} characters")
        known = DIRECTIVES.get(statement.name.lower())
        if known is None:
            raise Refused(_unknown(statement.name))
        given = words(statement.rest, self._pairs)
        if not known.least <= len(given) <= known.most:
            raise Refused(_ill_counted(known, given))
        if known.effect == "noted":
            self._note(place, f"{known.name} has no effect: {known.says}")
        elif known.effect == "refused":
            if not given or given[0].text.lower() not in known.harmless:
                raise Refused(f"{known.name} is not taken: {known.says}")
        elif known.put is not None:
            known.put(self._configuration, [word.text for word in given], self._folders[place.file])
            if known.name in IDLE:
                self._note(place, f"{known.name} has no effect: {IDLE[known.name][1]}")
        else:
            self._work[known.name.lower()](statement, given, place)

    def _file(self, path: Path, named: Place) -> None:
        real = path.resolve()
        if real in self._stack:
            self._fault(named, f"{path} includes itself" + (f" by way of {self._stack[-1]}" if self._stack[-1] != real else ""))
        elif len(self._stack) >= _DEPTH or self._files >= _FILES:
            self._fault(named, f"{path}: more than {_DEPTH} files include each other, or there are more than {_FILES}")
        else:
            self._files += 1
            self._stack.append(real)
            try:
                self._read(content(path), str(path), str(path.parent))
            except Refused as error:
                self._fault(named, str(error))
            self._stack.pop()

    def _include(self, _: Statement, given: list[Word], place: Place) -> None:
        self._include_optional(_, given, place, needed=True)

    def _include_optional(self, _: Statement, given: list[Word], place: Place, *, needed: bool = False) -> None:
        name = given[0].text
        met = found(name, self._folders[place.file])
        if needed and not met:
            raise Refused(f"no file is there: {shown(str(Path(self._folders[place.file], name)))}; IncludeOptional takes that")
        for file in met:
            self._file(file, place)

    def _rule(self, statement: Statement, given: list[Word], place: Place) -> None:
        looked = given[0].text
        variables = self._variables.get(looked)
        try:
            if variables is None:
                variables = self._variables[looked] = variable_list(looked, self._pairs)
            asked = operation(given[1].text)
        except Refused as error:
            self._fault(place, str(error))
            variables, asked = (), operation("")
        actions = self._said(statement, given[2], place, "rule") if len(given) > 2 else Said()
        if self._pairs == "halved" and (given[0].doubled or given[1].doubled):
            self._note(place, r"two backslashes are read as one, as in Apache; libmodsecurity keeps both; \x5c is one for all")
        if asked.name == "rx" and statement.joined_within(given[1].at, given[1].end):
            self._note(place, "an expression goes on in the next line; engines join it in different ways: write it on one line")
        if all(variable.excluded for variable in variables) and variables:
            self._note(place, "the rule looks at nothing: all its variables are excluded")
        self._link(LinkDraft(place, variables, asked, actions))

    def _action(self, statement: Statement, given: list[Word], place: Place) -> None:
        self._link(LinkDraft(place, (), None, self._said(statement, given[0], place, "rule")))

    def _link(self, link: LinkDraft) -> None:
        draft, own = self._open, link.said
        if draft is None:
            draft = RuleDraft(self._rules)
            self._rules += 1
            self._items.append(draft)
            self._number(link)
        elif own.disruptive is not None and own.disruptive.name not in _QUIET:
            self._fault(link.place, f"{own.disruptive.name} can stand in the first rule of a chain only, {draft.links[0].place}")
        elif own.id is not None:
            self._note(link.place, "the id of a chained rule means nothing; the chain has that of its first rule")
        elif own.phase is not None and own.phase != draft.phase:
            self._note(link.place, f"the phase of a chained rule means nothing; the chain is asked in phase {draft.phase}")
        elif len(draft.links) >= _LINKS:
            self._fault(link.place, f"a chain has at most {_LINKS} rules; this one begins in {draft.place}")
            self._open = draft if own.chained else None
            return
        draft.links.append(link)
        self._open = draft if own.chained else None

    def _number(self, link: LinkDraft) -> None:
        number = link.said.id
        if number is None:
            if not link.said.faults:
                self._fault(link.place, "a rule needs an id, as in id:10001")
            return
        other = self._ids.setdefault(number, link.place)
        if other is not link.place:
            self._fault(link.place, f"the id {number} stands already in {other}")

    def _marker(self, _: Statement, given: list[Word], place: Place) -> None:
        self._close()
        self._items.append(Marker(given[0].text, place))

    def _default(self, statement: Statement, given: list[Word], place: Place) -> None:
        default = self._said(statement, given[0], place, "default")
        if default.faults:
            return
        if default.phase is None:
            raise Refused("a SecDefaultAction needs a phase")
        if default.disruptive is None:
            raise Refused("a SecDefaultAction needs a disruptive action other than block, such as pass or deny")
        other = self._defaults.get(default.phase)
        if other is not None:
            raise Refused(f"phase {default.phase} has a SecDefaultAction already, in {other.place}")
        self._defaults[default.phase] = Default(default, place, self._rules)

    # Changes of other rules.

    def _change(self, kind: Kind, place: Place, variables: tuple[Variable, ...] = (), actions: Said | None = None) -> Change:
        return Change(kind, place, len(self._changes.all), self._rules, variables, actions)

    def _targets(self, given: list[Word], place: Place) -> Change:
        if len(given) > 2:
            raise Refused("a target is not replaced by a third word; write '!OLD,NEW' as the second")
        return self._change("target", place, variable_list(given[1].text, self._pairs))

    def _remove_by_id(self, _: Statement, given: list[Word], place: Place) -> None:
        self._changes.by_id(self._change("remove", place), [word.text for word in given])

    def _remove_by_tag(self, _: Statement, given: list[Word], place: Place) -> None:
        self._changes.by_tag(self._change("remove", place), given[0].text)

    def _remove_by_message(self, _: Statement, given: list[Word], place: Place) -> None:
        self._changes.by_message(self._change("remove", place), given[0].text)

    def _target_by_id(self, _: Statement, given: list[Word], place: Place) -> None:
        self._changes.by_id(self._targets(given, place), [given[0].text])

    def _target_by_tag(self, _: Statement, given: list[Word], place: Place) -> None:
        self._changes.by_tag(self._targets(given, place), given[0].text)

    def _target_by_message(self, _: Statement, given: list[Word], place: Place) -> None:
        self._changes.by_message(self._targets(given, place), given[0].text)

    def _action_by_id(self, statement: Statement, given: list[Word], place: Place) -> None:
        actions = self._said(statement, given[1], place, "update")
        self._changes.by_id(self._change("action", place, (), actions), [given[0].text])

    # Faults and notes.

    def _said(self, statement: Statement, word: Word, place: Place, owner: Owner) -> Said:
        try:
            result = said(word.text, owner, self._pairs)
        except Misplaced as error:
            raise Misplaced(str(error), word.at + error.at) from None
        for remark in result.faults:
            self._fault(Place(place.file, statement.line_at(word.at + remark.at)), remark.text)
        for remark in result.notes:
            self._note(Place(place.file, statement.line_at(word.at + remark.at)), remark.text)
        return result

    def _fault(self, place: Place, text: str) -> None:
        self._faults.append(RuleFault(place.file, place.line, text))

    def _note(self, place: Place, text: str) -> None:
        self._notes.append(Note(place, text))

    def _close(self) -> None:
        """No further link comes."""
        if self._open is not None:
            self._fault(self._open.links[-1].place, "the chain ends here: it says chain, and no SecRule follows")
            self._open = None


def _broken(statement: Statement, place: Place) -> LinkDraft:
    """In the place of a rule that can't be read, so that a chain around it brings no faults of its own."""
    return LinkDraft(place, (), None, Said(chained="chain" in statement.rest, faults=[Remark("", 0)]))


def _unknown(name: str) -> str:
    if name.startswith("<"):
        return f"{shown(name)}: containers of Apache's configuration are not read; take the lines with < and > out"
    if name.startswith(('"', "'")):
        return f"a directive was expected where {shown(name)} stands; does the line above lack a backslash at its end?"
    return unknown("directive", shown(name), [directive.name for directive in DIRECTIVES.values()])


def _ill_counted(known: Directive, given: list[Word]) -> str:
    text = f"{known.name} is written '{known.name} {known.takes}'".rstrip()
    if len(given) > known.most:
        return rf"{text}; there are {len(given)} words behind it: put quotes around each, and write \" for a quote inside"
    return f"{text}; something is missing"
