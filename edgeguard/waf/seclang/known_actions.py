"""Every action that SecLang's references name, and what becomes of it here; the manual is made from this table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

# What an action is about. `metadata`, `flow`, `disruptive` and `flag` become fields of the rule; `run` is left to the compiler;
# `noted` has no effect; `refused` would change verdicts if it had none.
Sort = Literal["metadata", "flow", "disruptive", "flag", "run", "noted", "refused"]
Argument = Literal["none", "may", "must"]


@dataclass(frozen=True, slots=True)
class KnownAction:
    """One action.

    Attributes:
        name: as the reference spells it.
        sort: what becomes of it.
        argument: whether something stands behind a colon.
        says: what it does, or why it does nothing here; what to write instead where it is refused.
    """

    name: str
    sort: Sort
    argument: Argument
    says: str


_ALL: Final = (
    KnownAction("id", "metadata", "must", "the rule's number; every rule has one of its own"),
    KnownAction("phase", "metadata", "must", "1 to 5, or request (2), response (4), logging (5); 2 where nothing is said"),
    KnownAction("msg", "metadata", "must", "the text of a match; macros are expanded"),
    KnownAction("logdata", "metadata", "must", "what a match tells of the data; macros are expanded"),
    KnownAction("severity", "metadata", "must", "0 (emergency) to 7 (debug), or the name"),
    KnownAction("tag", "metadata", "must", "a label by which rules are found; may stand many times"),
    KnownAction("rev", "metadata", "must", "the rule's revision"),
    KnownAction("ver", "metadata", "must", "the version of the rules that this one belongs to"),
    KnownAction("accuracy", "metadata", "must", "how few false alarms are expected, 1 to 9; told nowhere"),
    KnownAction("maturity", "metadata", "must", "how well the rule is tested, 1 to 9; told nowhere"),
    KnownAction("status", "metadata", "must", "the status of the answer where the rule blocks"),
    KnownAction(
        "allow", "disruptive", "may", "ends inspection; with :phase that of this phase, with :request that of the request"
    ),
    KnownAction("block", "disruptive", "none", "does what SecDefaultAction says for the phase"),
    KnownAction("deny", "disruptive", "none", "blocks"),
    KnownAction("drop", "disruptive", "none", "closes the connection"),
    KnownAction("pass", "disruptive", "none", "goes on with the next rule"),
    KnownAction("redirect", "disruptive", "must", "answers with a redirect"),
    KnownAction("proxy", "refused", "must", "requests go to the origins of the configuration only; write deny or redirect"),
    KnownAction("chain", "flow", "none", "the rule holds only if the next one holds too"),
    KnownAction("skip", "flow", "must", "leaves out so many of the following rules"),
    KnownAction("skipAfter", "flow", "must", "goes on behind a marker"),
    KnownAction("capture", "flag", "none", "puts what matched into TX:0 to TX:9"),
    KnownAction("multiMatch", "flag", "none", "asks the operator before and after each transformation"),
    KnownAction("log", "flag", "none", "a match is told"),
    KnownAction("nolog", "flag", "none", "a match is not told"),
    KnownAction("auditlog", "flag", "none", "a match is told in the audit log"),
    KnownAction("noauditlog", "flag", "none", "a match is not told in the audit log"),
    KnownAction("t", "flag", "must", "a transformation of the values; t:none forgets those before it"),
    KnownAction("ctl", "run", "must", "changes a setting for this transaction"),
    KnownAction("setvar", "run", "must", "sets, raises, lowers or removes a variable"),
    KnownAction("expirevar", "run", "must", "lets a variable end after some seconds"),
    KnownAction("initcol", "run", "must", "opens a persistent collection"),
    KnownAction("setenv", "run", "must", "sets a variable of the collection ENV"),
    KnownAction("setrsc", "run", "must", "opens the collection RESOURCE"),
    KnownAction("setsid", "run", "must", "opens the collection SESSION"),
    KnownAction("setuid", "run", "must", "opens the collection USER"),
    KnownAction("xmlns", "run", "must", "a namespace for XPath, as prefix=url"),
    KnownAction("append", "noted", "must", "bodies of responses are not written into"),
    KnownAction("prepend", "noted", "must", "bodies of responses are not written into"),
    KnownAction("exec", "refused", "must", "nothing is started; a script could have set what other rules look at"),
    KnownAction("pause", "noted", "must", "a request is never held back; see the limits of the configuration"),
    KnownAction("deprecatevar", "refused", "must", "variables don't fade; write expirevar"),
    KnownAction("sanitiseArg", "noted", "must", "values are cut and masked wherever they are logged"),
    KnownAction("sanitiseMatched", "noted", "none", "values are cut and masked wherever they are logged"),
    KnownAction("sanitiseMatchedBytes", "noted", "may", "values are cut and masked wherever they are logged"),
    KnownAction("sanitiseRequestHeader", "noted", "must", "values are cut and masked wherever they are logged"),
    KnownAction("sanitiseResponseHeader", "noted", "must", "values are cut and masked wherever they are logged"),
)

KNOWN: Final = {action.name.lower(): action for action in _ALL}

SEVERITIES: Final = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
PHASES: Final = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "request": 2, "response": 4, "logging": 5}
