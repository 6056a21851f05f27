"""Who counts as authenticated though the edge can't verify the credential: whoever the origin was seen to know.

A credential is learned from an answer of the origin, in one of two cases:
- a GET on a path of `proofs`, such as `/users/me`, answered with 2xx and JSON;
- a write under a profile that teaches, answered with 2xx, at a place where the origin was seen to refuse a stranger: else it
  may take writes from anybody, and a made-up credential would be as good as any.

It is forgotten at the first 401 or 403. A request is judged by what was learned before it; the one that proves a credential is
still inspected as all others are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edgeguard.waf.bodies.processor import processor_of
from edgeguard.waf.transformations.url_decode import url_decode
from edgeguard.wire.path_patterns import PathPatterns

if TYPE_CHECKING:
    from edgeguard.config.model import Learn
    from edgeguard.identity.learned import Learned
    from edgeguard.message import Client, Headers, Request
    from edgeguard.waf.editorial.profiles import Profiles

_NEW = frozenset((b"POST",))  # its path is the collection's; that of other writes has the item behind it
_WRITES = frozenset((b"POST", b"PUT", b"PATCH"))


class Voucher:
    """See the module."""

    __slots__ = ("_learned", "_profiles", "_proofs")

    def __init__(self, settings: Learn, profiles: Profiles, learned: Learned) -> None:
        self._profiles = profiles
        self._learned = learned
        self._proofs = PathPatterns(settings.proofs)

    def recognise(self, request: Request, client: Client) -> Client:
        """The client, vouched for where its credential was learned and it matters: for a write under a profile."""
        if request.method not in _WRITES or client.authenticated or self._profiles.for_request(request) is None:
            return client
        credential = self._learned.credential(request)
        return replace(client, vouched=True) if credential is not None and self._learned.knows(credential) else client

    def knows(self, request: Request) -> bool:
        """Whether the credential was learned, whatever is asked with it."""
        credential = self._learned.credential(request)
        return credential is not None and self._learned.knows(credential)

    def observe(self, request: Request, status: int, headers: Headers) -> None:
        """What the origin itself has answered."""
        if request.method in _WRITES:
            profile = self._profiles.for_request(request)
            if profile is not None and profile.teaches and _is_plainly_a_write(request):
                self._write(request, status)
        elif request.method == b"GET" and self._proofs.fits(request.path):
            self._proof(request, status, headers)

    def _proof(self, request: Request, status: int, headers: Headers) -> None:
        credential = self._learned.credential(request)
        if credential is None:
            return
        if status in (401, 403):
            self._learned.forget(credential)
        elif 200 <= status < 300 and _is_json(headers):  # the page of an application, which anybody gets, is none
            self._learned.learn(credential)

    def _write(self, request: Request, status: int) -> None:
        learned = self._learned
        credential = learned.credential(request)
        if status in (401, 403):
            if credential is not None and learned.knows(credential):
                learned.forget(credential)
            # 403 can be about what was written, and then says nothing of strangers.
            elif status == 401 or not _has_credential(request):
                learned.guarded(_place(request))
        elif 200 <= status < 300 and credential is not None and learned.guards(_place(request)):
            learned.learn(credential)


def _is_plainly_a_write(request: Request) -> bool:
    """Whether no origin takes it for a GET, which it may answer to anybody: for a field, or a `_method` in query or form."""
    if processor_of(request.headers.get(b"content-type")) != "JSON" or b"method" in url_decode(request.query or b"").lower():
        return False
    return not any(b"method" in name for name, _ in request.headers.fields)


def _place(request: Request) -> bytes:
    """The collection that is written to."""
    path = request.path.rstrip(b"/")
    return request.host + (path if request.method in _NEW else path.rpartition(b"/")[0])


def _has_credential(request: Request) -> bool:
    return b"authorization" in request.headers or b"cookie" in request.headers


def _is_json(headers: Headers) -> bool:
    kind = (headers.get(b"content-type") or b"").lower().partition(b";")[0].strip()
    return kind == b"application/json" or kind.endswith(b"+json")
