"""Reads a body, and takes what an editor wrote out of what rules look at: the one door to this room for transactions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from edgeguard.waf.bodies.inspect import inspect
from edgeguard.waf.detectors.active_html import hosts_of
from edgeguard.waf.editorial.profiles import Profiles
from edgeguard.waf.editorial.raw import form_without, json_without, values_without
from edgeguard.waf.editorial.separate import Doubtful, Separated, separate_form

if TYPE_CHECKING:
    from edgeguard.config.model import Waf
    from edgeguard.message import Client, Request
    from edgeguard.waf.bodies.content import Content
    from edgeguard.waf.editorial.profiles import Profile


class Editorial:
    """Reads bodies by the settings of one ruleset.

    Attributes:
        profiles: of content.
    """

    __slots__ = ("_embeds", "_settings", "profiles")

    def __init__(self, settings: Waf) -> None:
        self._settings = settings
        self.profiles = Profiles(settings.content)
        self._embeds = hosts_of(settings.content.embeds)

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
        content = inspect(request, body, self._settings, complete=complete, processor=processor)
        if complete and body and client.authenticated and processor is None:
            profile = profile or self.profiles.find(request, client)
            if profile is not None:
                withdraw(content, profile)
                content.embeds = self._embeds
        return content


def withdraw(content: Content, profile: Profile) -> None:
    """Move content fields of a body that was read without a doubt."""
    if content.fault or content.cut or not content.plain:
        return
    if content.processor == "JSON":
        _from_json(content, profile)
    elif content.processor in ("URLENCODED", "MULTIPART") and profile.form:
        _from_form(content, profile)


def _from_json(content: Content, profile: Profile) -> None:
    document = content.json
    if document is None or profile.paths.dead:
        return
    try:
        separated = Separated(document.root, profile.paths)
    except (Doubtful, RecursionError):
        return
    if separated.fields:
        content.json = document.replaced(separated.root)
        content.fields = separated.fields
        content.without = partial(json_without, content.raw, profile.paths)


def _from_form(content: Content, profile: Profile) -> None:
    kept, fields = separate_form(content.form, profile.form)
    if not fields or len({name for name, _ in content.form}) < len(content.form):
        return
    content.form, content.fields = kept, fields
    if content.processor == "URLENCODED":
        content.without = partial(form_without, content.raw, profile.form)
    else:
        content.without = partial(values_without, content.raw, [field.value for field in fields])
