"""The page that asks a browser to reckon. It loads one script from the same place, and nothing else from anywhere.

The script stands in a file of its own, so that the page works under any content security policy that lets the site's own scripts
run, should the operator add one.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl

PLACE = b"/.edgeguard/challenge"  # where answers go
SCRIPT_PLACE = b"/.edgeguard/challenge.js"
SCRIPT = Path(__file__).with_name("challenge.js").read_bytes()
LONGEST_ANSWER = 4096  # octets of the form that comes back
_LONGEST_TO = 2048

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:18vh auto;padding:0 1.5rem;color:#222;background:#fff}"
    "code{color:#666}progress{width:100%}@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}}"
)
_STYLE_DIGEST = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'sha256-{_STYLE_DIGEST}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>One moment, please</title><style>{style}</style>
<main><h1>One moment, please</h1>
<p id="working" role="status" hidden>Your browser is being checked. This takes a few seconds, and you need not do anything.</p>
<progress id="bar" max="1" value="0" aria-label="Progress of the check"></progress>
<p id="cookies" role="alert" hidden>Please allow cookies for this site, and load the page again.</p>
<noscript><p>This site has to tell browsers from programs just now, which needs JavaScript. Please allow it for this page and
load it again. No other site is asked, and nothing is kept about you.</p></noscript>
<form id="check" method="post" action="{place}" data-seed="{seed}" data-bits="{bits}">
<input type="hidden" name="puzzle" value="{puzzle}"><input type="hidden" name="to" value="{to}">
<input type="hidden" name="answer">
</form><p><code>{request_id}</code></p></main><script src="{script}"></script></html>
"""


def page(puzzle: str, to: bytes, request_id: str) -> tuple[bytes, str]:
    """The page's text, and its content security policy.

    Args:
        puzzle: from the challenger.
        to: path and query that the browser asked for.
        request_id: shown, and in the log.
    """
    _, bits, seed = puzzle.split(".")
    text = _PAGE.format(
        style=_STYLE,
        place=PLACE.decode(),
        script=SCRIPT_PLACE.decode(),
        seed=escape(seed),
        bits=escape(bits),
        puzzle=escape(puzzle),
        to=escape(back_to(to).decode()),
        request_id=escape(request_id),
    )
    return text.encode(), _POLICY


def back_to(place: bytes) -> bytes:
    """Where a browser goes after the check: a path of this site, whatever stands there."""
    sound = place.startswith(b"/") and place[1:2] not in (b"/", b"\\") and all(0x20 < octet < 0x7F for octet in place)
    return place if sound and len(place) <= _LONGEST_TO and not place.startswith(b"/.edgeguard/") else b"/"


def read_answer(form: bytes) -> tuple[str, str, bytes]:
    """Puzzle, answer and way back of a form that came in; empty where they are missing."""
    try:
        fields = dict(parse_qsl(form.decode("ascii"), max_num_fields=8))
    except ValueError:
        return "", "", b"/"
    to = fields.get("to", "/").encode("utf-8", "replace")
    return fields.get("puzzle", ""), fields.get("answer", ""), back_to(to)
