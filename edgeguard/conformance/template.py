"""The one template that tests use in their data: a text, repeated, so that a file of 64 KiB need not be written out."""

from __future__ import annotations

_MOST = 1024 * 1024  # bytes that one template may become


def expand(text: str) -> str:
    """`text` with each `{{ "x" | repeat N }}` written out.

    Raises:
        ValueError: a template says something else.
    """
    head, opened, rest = text.partition("{{")
    if not opened:
        return text
    made = [head]
    while opened:
        inner, closed, rest = rest.partition("}}")
        if not closed:
            raise ValueError("a template is not closed")
        made.append(_repeated(inner.strip()))
        plain, opened, rest = rest.partition("{{")
        made.append(plain)
    return "".join(made)


def _repeated(inner: str) -> str:
    quoted, bar, call = inner.rpartition("|")
    quoted, words = quoted.strip(), call.split()
    whole = len(quoted) >= 2 and quoted[0] == quoted[-1] == '"'
    if not (bar and whole and len(words) == 2 and words[0] == "repeat" and words[1].isdigit()):
        raise ValueError(f'the template {{{{ {inner} }}}} is not known; it may say {{{{ "text" | repeat 100 }}}}')
    text, times = quoted[1:-1], int(words[1])
    if len(text) * times > _MOST:
        raise ValueError(f"a template makes more than {_MOST} characters")
    return text * times
