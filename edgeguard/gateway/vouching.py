"""Who counts as authenticated though the edge can't verify the credential: whoever the origin was seen to know.

A credential is learned from an answer of the origin, in one of two cases:
- a GET on a path of `proofs`, such as `/users/me`, answered with 2xx and JSON;
- a write under a profile that teaches, answered with 2xx, at a place where the origin was seen to refuse a stranger, or a wrong
  credential of the same kind: else it may take writes from anybody, and a made-up credential would be as good as any.

It is forgotten at the first 401 or 403. A request is judged by what was learned before it; the one that proves a credential is
still inspected as all others are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edgeguard.waf.bodies.processor import processor_of
from edgeguard.waf.editorial.profiles import is_odd
from edgeguard.waf.transformations.url_decode import url_decode
from edgeguard.wire.path_patterns import PathPatterns

if TYPE_CHECKING:
    from collections.abc import Callable

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
        self._proofs = tuple((PathPatterns((path,)), "*" not in path) for path in settings.proofs)

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

    def observe(self, request: Request, status: int, headers: Headers, body: Callable[[], bytes | None]) -> None:
        """What the origin itself has answered.

        Args:
            request: as the origin got it.
            status: of the answer.
            headers: of the answer.
            body: gives that of the request; None where it was not read to its end.
        """
        if request.method in _WRITES:
            profile = self._profiles.for_request(request)
            if profile is not None and profile.teaches and _is_plainly_a_write(request):
                self._write(request, status, body)
        elif request.method == b"GET" and self._is_proof(request):
            self._proof(request, status, headers)

    def _is_proof(self, request: Request) -> bool:
        """Whether it asks for what strangers don't get, and for nothing else: a path without a star is that one path."""
        path = request.path
        for where, exactly in self._proofs:
            if where.fits(path) and not (exactly and where.fits(path.rstrip(b"/").rpartition(b"/")[0])):
                return not is_odd(path) and not _names_another(request)
        return False

    def _proof(self, request: Request, status: int, headers: Headers) -> None:
        credential = self._learned.credential(request)
        if credential is None:
            return
        if status in (401, 403):
            self._learned.forget(credential)
        elif 200 <= status < 300 and _is_json(headers):  # the page of an application, which anybody gets, is none
            self._learned.learn(credential)

    def _write(self, request: Request, status: int, body: Callable[[], bytes | None]) -> None:
        learned = self._learned
        credential = learned.credential(request)
        if status in (401, 403):
            if credential is not None and learned.knows(credential):
                learned.forget(credential)
            elif learned.kinds(request) == b"" and not _has_credential(request):
                learned.guarded(_place(request))
            # 403 can be about what was written, and then says nothing of strangers. 401 says that this kind of credential is
            # looked at; one of another kind may be left aside where strangers may write.
            elif status == 401 and (kinds := learned.kinds(request)):
                learned.guarded(_place(request, kinds))
        elif 200 <= status < 300 and credential is not None and (kinds := learned.kinds(request)):
            guarded = learned.guards(_place(request)) or learned.guards(_place(request, kinds))
            if guarded and (written := body()) is not None and not _speaks_of_methods(written):
                learned.learn(credential)


def _is_plainly_a_write(request: Request) -> bool:
    """Whether no origin takes it for a GET, which it may answer to anybody: for a field, or a `_method` in query or form."""
    return processor_of(request.headers.get(b"content-type")) == "JSON" and not _names_another(request)


def _names_another(request: Request) -> bool:
    """Whether some origin may take it for another method or another path, by a field or the query."""
    if b"method" in url_decode(request.query or b"").lower():
        return True
    return any(b"method" in name or name.endswith((b"-url", b"-uri")) for name, _ in request.headers.fields)


def _speaks_of_methods(body: bytes) -> bool:
    """Whether a member of a JSON body may be a `_method`, which some frameworks mind. An article about methods is no loss."""
    return b"method" in body.lower() or b"\\u00" in body


def _place(request: Request, kinds: bytes = b"") -> bytes:
    """The collection that is written to, and how: who may change nothing may still add something."""
    path = request.path.rstrip(b"/")
    how, where = (b"new", path) if request.method in _NEW else (b"old", path.rpartition(b"/")[0])
    return b"\0".join((how, request.host, where, kinds))


def _has_credential(request: Request) -> bool:
    return b"authorization" in request.headers or b"cookie" in request.headers


def _is_json(headers: Headers) -> bool:
    kind = (headers.get(b"content-type") or b"").lower().partition(b";")[0].strip()
    return kind == b"application/json" or kind.endswith(b"+json")
