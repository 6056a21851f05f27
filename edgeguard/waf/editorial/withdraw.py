"""Reads a body, and takes what an editor wrote out of what rules look at: the one door to this room for transactions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from edgeguard.waf.bodies.inspect import inspect
from edgeguard.waf.bodies.processor import processor_of
from edgeguard.waf.detectors.active_html import hosts_of
from edgeguard.waf.editorial.json_paths import compile_paths
from edgeguard.waf.editorial.profiles import Profiles
from edgeguard.waf.editorial.raw import form_without, values_without, without_strings
from edgeguard.waf.editorial.separate import Doubtful, Separated, separate_form
from edgeguard.waf.graphql.limits import Limits
from edgeguard.waf.graphql.request import Asked, in_json, in_pairs, in_query

if TYPE_CHECKING:
    from edgeguard.config.model import Waf
    from edgeguard.message import Client, Request
    from edgeguard.waf.bodies.content import Content
    from edgeguard.waf.editorial.json_paths import Node
    from edgeguard.waf.editorial.profiles import Profile
    from edgeguard.waf.graphql.measure import Measure


class Editorial:
    """Reads bodies by the settings of one ruleset.

    Attributes:
        profiles: of content.
    """

    __slots__ = ("_embeds", "_graphql", "_roomy", "_settings", "profiles")

    def __init__(self, settings: Waf) -> None:
        self._settings = settings
        self.profiles = Profiles(settings.content)
        self._embeds = hosts_of(settings.content.embeds)
        self._graphql = Limits(settings.graphql)
        own = settings.content
        roomy = {
            "inspect_bytes": max(own.inspect_bytes, settings.inspect_bytes),
            "body_values": max(own.body_values, settings.body_values),
        }
        self._roomy = settings.model_copy(update=roomy)

    def read(
        self,
        request: Request,
        client: Client,
        body: bytes,
        *,
        complete: bool,
        processor: str | None = None,
        profile: Profile | None = None,
    ) -> Content:
        """What `body` holds, as `bodies.inspect` has it, and apart from it what an editor wrote; never raises.

        Args:
            request: as there.
            client: must be authenticated for there to be anything of an editor.
            body: as there.
            complete: as there.
            processor: as there.
            profile: is taken whatever the settings say; for the tests of rules.
        """
        most = self._settings.inspect_bytes
        settings = self._roomy if body and self._has_room(request, client) else self._settings
        content = self._read(request, client, body, settings, complete=complete, processor=processor, profile=profile)
        if len(body) > most and settings is self._roomy and not content.fields and not content.refusal:
            # There is nothing of an editor in it: no reason to look at more of it than of others.
            content = self._read(request, client, body[:most], self._settings, complete=False, processor=processor, profile=None)
            content.cut = True
        return content

    def most(self, request: Request, client: Client) -> int:
        """How many bytes of a body are inspected."""
        return (self._roomy if self._has_room(request, client) else self._settings).inspect_bytes

    def _has_room(self, request: Request, client: Client) -> bool:
        """Whether the body may be longer, and have more values, than others: JSON in which something is an editor's."""
        if not client.authenticated or processor_of(request.headers.get(b"content-type")) != "JSON":
            return False
        return self.profiles.find(request, client) is not None

    def _read(
        self,
        request: Request,
        client: Client,
        body: bytes,
        settings: Waf,
        *,
        complete: bool,
        processor: str | None,
        profile: Profile | None,
    ) -> Content:
        content = inspect(request, body, settings, complete=complete, processor=processor)
        if not body:
            return content
        measured: list[Measure | None] = []
        if self._graphql.cover(request.path):
            measured, content.refusal = self._graphql.judge(self._asked(request, content), client)
            content.cost = sum(each.cost for each in measured if each is not None)
            if not complete and not client.authenticated and not content.refusal:
                content.refusal = "the request is longer than is looked at"
        if content.fault:
            return content
        clean = complete and processor is None and content.plain and not content.cut
        if clean and client.authenticated:
            profile = profile or self.profiles.find(request, client)
            if profile is not None and profile.mutations_only and not _only_mutations(measured):
                profile = None
        else:
            profile = None
        if profile is not None or (clean and measured):
            self._withdraw(content, profile, documents=bool(measured) and None not in measured)
        return content

    def asked(self, request: Request, client: Client) -> tuple[str, int]:
        """What is too much in the GraphQL documents of a request without a body, empty where nothing is; and what they cost."""
        if not self._graphql.cover(request.path):
            return "", 0
        measured, refusal = self._graphql.judge(in_query(request.query), client)
        if not refusal and request.method in _SAFE and any(each is not None and each.mutates for each in measured):
            refusal = "a mutation may not be asked for with GET"  # any page could have a browser do it
        return refusal, sum(each.cost for each in measured if each is not None)

    def _asked(self, request: Request, content: Content) -> list[Asked]:
        asked = in_query(request.query)
        if content.json is not None:
            asked += in_json(content.json.root)
        elif content.form:
            asked += in_pairs(content.form)
        elif (request.headers.get(b"content-type") or b"").startswith(b"application/graphql"):
            asked += [Asked(text, {}) for _, text in content.text[:1]]
        return asked

    def _withdraw(self, content: Content, profile: Profile | None, *, documents: bool) -> None:
        """Move content fields, and documents that were taken apart, out of a body that was read without a doubt."""
        if content.processor == "JSON":
            if profile is None:
                paths = _DOCUMENTS if documents else None
            else:
                paths = profile.graphql_paths if documents else profile.paths
            if paths is not None:
                _from_json(content, paths)
        elif profile is not None and content.processor in ("URLENCODED", "MULTIPART") and profile.form:
            _from_form(content, profile)
        content.embeds = self._embeds


_SAFE = frozenset((b"GET", b"HEAD"))
_DOCUMENTS = compile_paths({"query": "graphql"})


def _only_mutations(measured: list[Measure | None]) -> bool:
    return bool(measured) and all(each is not None and each.only_mutations for each in measured)


def _from_json(content: Content, paths: Node) -> None:
    document = content.json
    if document is None or paths.dead:
        return
    try:
        separated = Separated(content.raw, paths)
    except Doubtful:
        return
    if separated.fields or separated.documents:
        content.json = document.replaced(separated.root)
        content.fields, content.graphql = separated.fields, separated.documents
        content.without = partial(without_strings, content.raw, separated.numbers)


def _from_form(content: Content, profile: Profile) -> None:
    kept, fields = separate_form(content.form, profile.form)
    if not fields or len({name for name, _ in content.form}) < len(content.form):
        return
    content.form, content.fields = kept, fields
    if content.processor == "URLENCODED":
        content.without = partial(form_without, content.raw, profile.form)
    else:
        content.without = partial(values_without, content.raw, [field.value for field in fields])
