"""Which profile of content a request comes under, if any; all that is known before its body is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.editorial.json_paths import compile_paths
from edgeguard.wire.path_patterns import PathPatterns

if TYPE_CHECKING:
    from edgeguard.config.model import Content, ContentKind, ContentProfile
    from edgeguard.message import Client, Request


class Profile:
    """A profile, compiled.

    Attributes:
        paths: of JSON.
        graphql_paths: the same, and the document of a GraphQL request.
        form: kinds of form fields by name.
        mutations_only: its content counts only where a GraphQL request asks for nothing but mutations.
        teaches: what the origin answers here may prove a credential.
    """

    __slots__ = ("_accounts", "_methods", "_not", "_where", "form", "graphql_paths", "mutations_only", "name", "paths", "teaches")

    def __init__(self, settings: ContentProfile) -> None:
        self.name = settings.name
        self._where = PathPatterns(settings.paths)
        self._not = PathPatterns(settings.but_not) if settings.but_not else None
        self._methods = frozenset(method.encode() for method in settings.methods)
        self._accounts = frozenset(settings.accounts)
        self.paths = compile_paths(settings.fields)
        self.graphql_paths = compile_paths({"query": "graphql", **settings.fields})
        self.form: dict[bytes, ContentKind] = {name.encode(): kind for name, kind in settings.form.items()}
        self.mutations_only = settings.mutations_only
        self.teaches = settings.teaches

    def holds(self, request: Request) -> bool:
        """Whether the request is of this kind, whoever sends it."""
        path = request.path
        if request.method not in self._methods or not self._where.fits(path) or is_odd(path):
            return False
        return self._not is None or not self._not.fits(path)

    def is_for(self, client: Client) -> bool:
        """Whether the client is one whose words count as content."""
        if not client.authenticated:
            return False
        account = client.account
        return not self._accounts or (account is not None and not account.is_place and account.id in self._accounts)


class Profiles:
    """All of them, in order; the first that fits counts."""

    __slots__ = ("_profiles",)

    def __init__(self, settings: Content) -> None:
        self._profiles = tuple(Profile(each) for each in settings.profiles) if settings.enabled else ()

    def __bool__(self) -> bool:
        return bool(self._profiles)

    def for_request(self, request: Request) -> Profile | None:
        """What a request comes under, whoever sends it."""
        for profile in self._profiles:
            if profile.holds(request):
                return profile
        return None

    def find(self, request: Request, client: Client) -> Profile | None:
        """What a request comes under; None also where it is not proven who asks."""
        if not self._profiles or not client.authenticated:
            return None
        profile = self.for_request(request)
        return profile if profile is not None and profile.is_for(client) else None


def is_odd(path: bytes) -> bool:
    """Whether some origin might take the path for another one: escaped slashes or dots, parameters, empty segments."""
    return any(mark in path for mark in _ODD)


_ODD = (b"//", b";", b"\\", b"%2F", b"%5C", b"%2E", b"%25", b"%3B", b"%00", b"%3F", b"%23")
