"""How much an account may ask for with GraphQL, and what is said to one that asks for more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from edgeguard.waf.graphql.measure import Measure, NoDocument, measure
from edgeguard.wire.path_patterns import PathPatterns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.config.model import GraphQL, GraphQLAccount
    from edgeguard.message import Client
    from edgeguard.waf.graphql.request import Asked


class _Limits(NamedTuple):
    introspection: str
    depth: int
    aliases: int
    directives: int
    operations: int
    cost: int


class Limits:
    """The settings' limits, compiled."""

    __slots__ = ("_accounts", "_general", "_paths")

    def __init__(self, settings: GraphQL) -> None:
        self._paths = PathPatterns(settings.paths)
        self._general = _Limits(**{name: getattr(settings, name) for name in _Limits._fields})
        self._accounts = {name: self._for(account) for name, account in settings.accounts.items()}

    def _for(self, account: GraphQLAccount) -> _Limits:
        own = {name: value for name in _Limits._fields if (value := getattr(account, name)) is not None}
        return self._general._replace(**own)

    def cover(self, path: bytes) -> bool:
        """Whether GraphQL is spoken there."""
        return self._paths.fits(path)

    def judge(self, asked: Sequence[Asked], client: Client) -> tuple[list[Measure | None], str]:
        """The measure of each document, None for what is no document; and what is too much, empty where nothing is.

        A document that can't be read has no part in the sums. It is no way around them, for no server reads it, either; those
        that hold themselves by their fragments are refused.
        """
        account = client.account
        limits = self._accounts.get(account.id, self._general) if account is not None else self._general
        made: list[Measure | None] = []
        for document, variables in asked:
            try:
                made.append(measure(document, variables))
            except NoDocument as error:
                if "themselves" in str(error):
                    return [*made, None], str(error)
                made.append(None)
        return made, _beyond([each for each in made if each is not None], limits, authenticated=client.authenticated)


def _beyond(made: list[Measure], limits: _Limits, *, authenticated: bool) -> str:
    if not made:
        return ""
    sums = (
        ("depth", max(each.depth for each in made), limits.depth),
        ("aliases", sum(each.aliases for each in made), limits.aliases),
        ("directives", sum(each.directives for each in made), limits.directives),
        ("operations", sum(each.operations for each in made), limits.operations),
        ("cost", sum(each.cost for each in made), limits.cost),
    )
    for name, asked, most in sums:
        if asked > most:
            return f"{name} {asked} is beyond {most}"
    if any(each.introspects for each in made) and limits.introspection != "allow":
        if limits.introspection == "deny":
            return "introspection is turned off"
        if not authenticated:
            return "introspection is for authenticated accounts"
    return ""
