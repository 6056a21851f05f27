"""The configuration as typed, frozen values; one class a section, every default with its reason.

A key that is not here is an error. How the YAML file is read, and how faults are told with file and line, lives in `load`.
"""

from __future__ import annotations

from datetime import date
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    IPvAnyNetwork,
    SecretStr,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from edgeguard.config.units import Bytes, Count, Positive, Seconds


class Section(BaseModel):
    """What all sections share: no unknown keys, and no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def misplaced(text: str, *path: str | int) -> PydanticCustomError:
    """A fault between two places of the file, told at `path`, the one of them that should change."""
    return PydanticCustomError("misplaced", "{text}", {"text": text, "path": path})


class TLS(Section):
    """A listener's certificate, as PEM files that each worker reads when it starts; a reload takes renewed ones."""

    certificate: Path
    key: Path
    minimum: Literal["1.2", "1.3"] = "1.2"  # 1.0 and 1.1 are deprecated by RFC 8996
    ciphers: str = "ECDHE+AESGCM:ECDHE+CHACHA20"  # for 1.2: forward secrecy and AEAD only (RFC 9325, section 4.2)


class Listener(Section):
    """One address and port that is accepted on; all that is not named stays closed."""

    address: str = "0.0.0.0"  # noqa: S104 - an ingress listens to the world
    port: Annotated[int, Field(ge=0, le=65535)]
    tls: TLS | None = None
    redirect_to_https: Annotated[int, Field(ge=1, le=65535)] | None = None  # the port that plain requests are sent to


class Wire(Section):
    """Bounds on what a client may send and hold. Each figure says what others chose.

    Reaching a bound is answered with the status named; where no answer can be framed, the connection is closed.
    """

    request_line: Bytes = 8 * 1024  # 414. RFC 9112 asks for 8,000 octets at least; nginx and Apache take 8 KiB
    header_bytes: Bytes = 32 * 1024  # 431. nginx 4 x 8 KiB, Node 16 KiB, Envoy 60 KiB; big cookies fit, abuse does not
    header_fields: Count = 100  # 431. Apache 100, Envoy 100; browsers send 15 to 30
    body: Bytes = 10 * 1024 * 1024  # 413, and per route. nginx 1 MiB, Cloudflare 100 MB; a CMS's assets go by own routes
    header_seconds: Positive = 10  # 408. nginx 60 s, Apache's mod_reqtimeout 20-40 s; slowloris lives from long ones
    body_bytes_per_second: Bytes = 500  # 408 below it on average, after the grace. Apache's mod_reqtimeout 500
    body_grace_seconds: Positive = 10  # how long a body may be slow at its start; Apache 20 s
    idle_seconds: Positive = 60  # between requests, then closed without a word. nginx 75 s, Apache 5 s
    requests_per_connection: Count = 10_000  # then `Connection: close`. nginx 1,000; spreads clients over new workers
    connections: Count = 10_000  # in total, per worker; more are closed at once. Bounds memory at about 30 KiB each
    connections_per_address: Count = 256  # per worker; IPv6 by network. Browsers open 6; offices and API clients behind NAT more
    read_buffer: Bytes = 64 * 1024  # of pipelined requests that wait; they are worked on one by one, in order (nginx too)
    write_buffer: Bytes = 256 * 1024  # bytes waiting for a slow client before the origin is no longer read
    write_seconds: Positive = 60  # a client that takes nothing for so long is closed. nginx send_timeout 60 s


class OriginTLS(Section):
    """How the origin proves itself, and how the edge does."""

    ca: Path | None = None  # PEM; None takes the system's
    server_name: str | None = None  # what the certificate must name; None takes the URL's host
    client_certificate: Path | None = None
    client_key: Path | None = None


class OriginHealth(Section):
    """Passive health: a server that keeps failing is left alone for a while."""

    failures: Count = 5  # in a row
    eject_seconds: Positive = 5  # doubled at each further ejection, up to `eject_seconds_most`
    eject_seconds_most: Positive = 60


def _origin_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.username is not None or parts.password is not None:
        raise ValueError("an origin's URL holds no user information; the origin is to see the client's credentials")
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or port == 0
        or parts.path not in ("", "/")
        or "?" in text
        or "#" in text
    ):
        raise ValueError(f"'{text}' is no origin; write it like http://127.0.0.1:8055, with nothing after the port")
    return text


OriginURL = Annotated[str, AfterValidator(_origin_url)]


class Origin(Section):
    """Where requests go. With several URLs, each request goes to the one with the fewest in flight."""

    urls: Annotated[list[OriginURL], Field(min_length=1, max_length=64, validation_alias=AliasChoices("urls", "url"))]
    host: Literal["client", "origin"] = "client"  # whose name the Host field carries
    tls: OriginTLS = OriginTLS()
    connect_seconds: Positive = 2  # TCP and TLS together; a healthy origin answers within one round trip or two
    first_byte_seconds: Positive = 30  # from the last byte of the request to the response's head; nginx 60 s
    between_bytes_seconds: Positive = 30
    connections: Count = 256  # per worker and URL; half of them at most for bodies that still come in from clients
    queue: Annotated[int, Field(ge=0)] = 1024  # requests that wait for a connection; more get 503
    queue_seconds: Positive = 5
    idle_seconds: Positive = 55  # below the 60 s and 65 s that most origins keep an idle connection open
    retries: Annotated[int, Field(ge=0, le=3)] = 1  # only where safe: never sent, or idempotent on a reused connection
    header_bytes: Bytes = 64 * 1024  # of a response; 502 beyond it
    health: OriginHealth = OriginHealth()

    @model_validator(mode="before")
    @classmethod
    def _one_url(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("url"), str):
            return {**data, "url": [data["url"]]}
        return data


def _field_name(text: str) -> str:
    if not text or not text.isascii() or not text.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"'{text}' is no field's name; write it like x-account")
    return text


FieldName = Annotated[str, AfterValidator(_field_name)]


class FromToken(Section):
    """An API token in a field. `known` maps keyed hashes to account names (see `edgeguard token`)."""

    token: FieldName = "authorization"  # noqa: S105 - the field's name
    scheme: str = "Bearer"  # what precedes the token; "" for nothing
    known: Path | None = None  # YAML: `hash: account`
    unknown: Literal["hash", "anonymous"] = "hash"  # an unknown token is an unverified account of its own, or nobody


class FromHeader(Section):
    """A field that a trusted party sets; taken only when the peer is a trusted proxy, unless `untrusted` says otherwise."""

    header: FieldName
    untrusted: bool = False


class FromCookie(Section):
    """A cookie's value, kept as a keyed hash."""

    cookie: str


class FromJWT(Section):
    """A claim of a signed token; the signature, expiry, issuer and audience are checked, else it does not count."""

    jwt: str = "sub"  # the claim
    header: FieldName = "authorization"
    scheme: str = "Bearer"
    key: Path  # PEM public key, or a file with the shared secret
    algorithms: Annotated[
        list[Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "HS256", "HS384", "HS512"]],
        Field(min_length=1),
    ]
    issuer: str | None = None
    audience: str | None = None
    leeway_seconds: Seconds = 30


class FromHostLabel(Section):
    """A label of the host name, counted from the left: 0 is `acme` in `acme.cms.example`."""

    host_label: Annotated[int, Field(ge=0, le=10)]
    under: str  # the domain that must follow, such as cms.example


class FromPathSegment(Section):
    """A segment of the path: 0 is `acme` in `/acme/items`."""

    path_segment: Annotated[int, Field(ge=0, le=10)]


# The key that tells one kind of source from the others; `jwt` comes before `header`, which it has as well.
_ACCOUNT_KEYS = ("jwt", "token", "cookie", "host_label", "path_segment", "header")


def account_kind(value: object) -> str | None:
    """Which kind of account source a mapping, or a class of this module, is."""
    keys = value if isinstance(value, dict) else getattr(value if isinstance(value, type) else type(value), "model_fields", ())
    return next((f"from {key}" for key in _ACCOUNT_KEYS if key in keys), None)


AccountSource = Annotated[
    Annotated[FromJWT, Tag("from jwt")]
    | Annotated[FromToken, Tag("from token")]
    | Annotated[FromCookie, Tag("from cookie")]
    | Annotated[FromHostLabel, Tag("from host_label")]
    | Annotated[FromPathSegment, Tag("from path_segment")]
    | Annotated[FromHeader, Tag("from header")],
    Discriminator(account_kind),
]


class Identity(Section):
    """Who asks. Sources are tried in order; the first that answers wins."""

    trusted_proxies: list[IPvAnyNetwork] = []
    forwarded: Literal["forwarded", "x-forwarded-for"] = "x-forwarded-for"  # which field the trusted proxies set
    # For keyed hashes; None makes one per start, so that hashes differ between restarts. 12 random characters hold 72 bits.
    key: Annotated[SecretStr, Field(min_length=12)] | None = None
    key_file: Path | None = None
    accounts: list[AccountSource] = []

    @model_validator(mode="after")
    def _known_needs_key(self) -> Self:
        if self.key is not None and self.key_file is not None:
            raise misplaced("identity has both 'key' and 'key_file'; one of them must go", "identity", "key_file")
        for number, source in enumerate(self.accounts):
            if isinstance(source, FromToken) and source.known is not None and self.key is None and self.key_file is None:
                text = "'known' needs identity.key_file or identity.key; without it each start makes a new key, and no hash fits"
                raise misplaced(text, "identity", "accounts", number, "known")
        return self


def _path_pattern(text: str) -> str:
    if not text.startswith(("/", "**")):
        raise ValueError(f"'{text}' is no path; write it like /assets, /items/* or /files/**")
    if "?" in text or "#" in text:
        raise ValueError(f"'{text}': a path ends before ? and #; rules can look at the query")
    for part in text.split("%")[1:]:
        if len(part) < 2 or not part[:2].isalnum() or not set(part[:2]) <= set("0123456789abcdefABCDEF"):
            raise ValueError(f"'{text}': a % must be followed by two hexadecimal digits")
    return text


def _host_pattern(text: str) -> str:
    name = text.removeprefix("*.")
    if not name.strip(".") or set("*/@ ") & set(name) or (":" in name and not (name.startswith("[") and name.endswith("]"))):
        raise ValueError(f"'{text}' is no host name; write it like cms.example.com or *.example.com, without scheme and port")
    return text


def _method(text: str) -> str:
    if not text.isascii() or not text.replace("-", "").isalpha() or text != text.upper():
        raise ValueError(f"'{text}' is no method; methods are written in capitals, like GET")
    return text


PathPattern = Annotated[str, AfterValidator(_path_pattern)]
HostPattern = Annotated[str, AfterValidator(_host_pattern)]
Method = Annotated[str, AfterValidator(_method)]


class Admit(Section):
    """What may come in at all; an empty list leaves a matter open, and `deny` wins over `allow`."""

    hosts: list[HostPattern] = []  # exact, or `*.example.com`; others get 421
    methods: list[Method] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]  # others get 405
    paths: list[PathPattern] = []  # prefixes, or globs with `*` (one segment) and `**`; others get 404
    allow: list[IPvAnyNetwork] = []  # others get 403
    deny: list[IPvAnyNetwork] = []


class Policy(Section):
    """A token bucket: `burst` requests at once, refilled with `requests` in each `seconds`.

    `key` says whose bucket it is; a policy by account holds only requests that have one.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    key: Literal["account", "address", "route"]
    requests: Count  # per `seconds`
    seconds: Positive = 1
    burst: Count | None = None  # None: as many as `requests`
    accounts: dict[str, Count] = {}  # `requests` for named accounts; their burst in proportion
    shadow: bool = False  # count, never refuse


class Limits(Section):
    """Which buckets every request draws from. A route may name others."""

    policies: list[Policy] = [
        # 60 requests a second with bursts of 120 is what hosted CMSs allow an account; an address may stand for several.
        Policy(name="account", key="account", requests=60, seconds=1, burst=120),
        Policy(name="address", key="address", requests=100, seconds=1, burst=200),
    ]
    store: Literal["memory", "redis"] = "memory"  # memory: each worker counts for itself; redis: all count together
    on_redis_failure: Literal["local", "pass", "block"] = "local"  # local: each edge counts alone until Redis is back
    buckets: Count = 100_000  # in memory per worker, equal shares for policies; fullest go first; about 170 bytes each
    ipv6_prefix: Annotated[int, Field(ge=32, le=128)] = 64  # one subscriber owns a /64, so it is one bucket

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [policy.name for policy in self.policies]
        if len(set(names)) != len(names):
            number = next(number for number, name in enumerate(names) if name in names[:number])
            raise misplaced(f"two policies are called '{names[number]}'", "limits", "policies", number, "name")
        return self


class CrsExclusion(Section):
    """Rules of the Core Rule Set that are not asked: everywhere, or of some targets, or on some paths only."""

    rules: list[Annotated[int, Field(ge=1)]] = []
    tags: list[str] = []  # rules that have this tag, such as `attack-sqli`
    targets: list[str] = []  # as SecLang writes them, such as `ARGS:body`; empty leaves the whole rule out
    paths: list[str] = []  # prefixes of the path; empty means everywhere

    @model_validator(mode="after")
    def _names_something(self) -> CrsExclusion:
        if not self.rules and not self.tags:
            raise misplaced("an exclusion names 'rules' or 'tags'; without them nothing is left out", "waf", "crs", "exclusions")
        return self


class Crs(Section):
    """The Core Rule Set, 3.3 or 4.x, unmodified. What is set here comes before its own defaults."""

    path: Path  # the folder that has `rules/`, or the rules themselves
    setup: Path | None = None  # crs-setup.conf; one in `path`, `crs-setup.conf.example` too, is found by itself
    paranoia: Annotated[int, Field(ge=1, le=4)] = 1  # rules up to this level block
    detection_paranoia: Annotated[int, Field(ge=1, le=4)] | None = None  # rules up to this level are told; `paranoia` if unset
    threshold: Count = 5  # anomaly score at which a request is blocked
    outbound_threshold: Count = 4  # likewise for responses
    # Types of responses whose bodies are inspected, and held back for it; an empty list inspects none.
    responses: list[str] = ["text/plain", "text/html", "text/xml"]
    # Further settings of crs-setup.conf, by the names of TX variables.
    variables: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")], str | int] = {}
    exclusions: list[CrsExclusion] = []


Mode = Literal["enforce", "shadow", "off"]
Sensitivity = Literal["balanced", "strict"]  # strict: rules that find more, and now and then what is none
PackName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class Dial(Section):
    """How the rules of one file act, or of all files of a family; None leaves a matter to what is more general."""

    mode: Mode | None = None
    sensitivity: Sensitivity | None = None


class RouteWaf(Section):
    """Inspection on one route. `mode` may ask for less than `waf.mode`, never for more; a dial here wins over one there."""

    mode: Mode | None = None
    sensitivity: Sensitivity | None = None
    packs: dict[PackName, Dial] = {}

    @model_validator(mode="before")
    @classmethod
    def _mode_alone(cls, data: object) -> object:
        return {"mode": data} if isinstance(data, str) else data


def _json_path(text: str) -> str:
    if not text or not all(text.split(".")):
        raise ValueError(f"'{text}' is no JSON path; write it like data.attributes.** (keys joined by dots, no indices)")
    return text


JsonPath = Annotated[str, AfterValidator(_json_path)]
ContentKind = Literal["auto", "html", "markdown", "text", "structured", "inspect"]


class ContentProfile(Section):
    """Requests of which some values are what an editor writes. Of several patterns that fit a value, the first counts."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    paths: Annotated[list[PathPattern], Field(min_length=1)]  # prefixes, or globs with `*` (one segment) and `**`
    but_not: list[PathPattern] = []  # paths among these that are inspected as all others are
    methods: list[Method] = ["POST", "PUT", "PATCH"]
    accounts: list[str] = []  # only these, by name; empty: whoever is authenticated
    fields: dict[JsonPath, ContentKind] = {}  # of JSON; `*` is one key, `**` any number; lists add nothing to a path
    form: dict[str, ContentKind] = {}  # names of form fields; `*` at the end fits any
    mutations_only: bool = False  # for GraphQL: only where all that is asked for are mutations
    teaches: bool = True  # what the origin answers here may prove a credential (`learn`)


class Learn(Section):
    """When a credential that the edge can't verify counts as authenticated: once the origin has shown that it knows it."""

    enabled: bool = True
    headers: list[FieldName] = ["authorization"]  # of `authorization`, only Bearer: a Basic password may be everybody's
    cookies: list[str] = []  # sessions, by the cookie's name
    # GET on these, answered with 2xx and JSON, proves a credential; they must be refused to everybody else.
    proofs: list[PathPattern] = ["/users/me", "/admin/users/me"]
    seconds: Annotated[int, Field(ge=1, le=2_592_000)] = 43_200  # since the last proof; a working day
    most: Annotated[int, Field(ge=64, le=1_000_000)] = 16_384  # credentials and places, 24 bytes each, shared by all workers


class Content(Section):
    """Editors' text: within it code is text, and only what would run where it is shown counts."""

    enabled: bool = True
    profiles: list[ContentProfile] = [
        ContentProfile(
            name="items",
            paths=["/items", "/api/items"],
            fields={"data.attributes.**": "auto", "included.attributes.**": "auto"},
        ),
        ContentProfile(
            name="uploads",
            paths=["/uploads", "/api/uploads"],
            fields={
                "data.attributes.default_field_metadata.**": "auto",
                **dict.fromkeys(
                    [
                        f"data.attributes.{name}"
                        for name in ("title", "alt", "description", "caption", "notes", "copyright", "author")
                    ],
                    "auto",
                ),
            },
            form=dict.fromkeys(["title", "alt", "description", "caption"], "text"),
        ),
        ContentProfile(
            name="webhooks",
            paths=["/webhooks", "/api/webhooks"],
            fields={"data.attributes.name": "text", "data.attributes.custom_payload": "text"},
        ),
        ContentProfile(
            name="graphql",
            paths=["/graphql", "/api/graphql"],
            methods=["POST"],
            fields={"variables.**": "auto"},
            mutations_only=True,
            teaches=False,  # it answers 200 to everybody
        ),
    ]
    # Hosts whose scripts editors embed; a `script` or `iframe` that loads from one over https is no finding.
    embeds: list[HostPattern] = [
        "platform.twitter.com", "platform.x.com", "www.instagram.com", "www.tiktok.com", "embed.typeform.com",
        "gist.github.com", "assets.calendly.com", "player.vimeo.com",
        "embedr.flickr.com", "connect.facebook.net", "static.codepen.io", "cpwebassets.codepen.io",
    ]  # fmt: skip
    # Of a JSON body under a profile, instead of `waf.inspect_bytes` and `waf.body_values`: its text is not scanned for attacks,
    # so that more of it costs little. Trees of structured text have thousands of values.
    inspect_bytes: Bytes = 1024 * 1024
    body_values: Count = 50_000
    learn: Learn = Learn()


class GraphQLAccount(Section):
    """Limits of one account; what is not set is as for all."""

    introspection: Literal["allow", "authenticated", "deny"] | None = None
    depth: Count | None = None
    aliases: Count | None = None
    directives: Count | None = None
    operations: Count | None = None
    cost: Count | None = None


class GraphQL(Section):
    """What a GraphQL request may ask for. Beyond it: 400, told as GraphQL tells errors."""

    paths: list[PathPattern] = ["/graphql", "/api/graphql"]
    introspection: Literal["allow", "authenticated", "deny"] = "authenticated"  # it tells strangers all that there is to ask for
    depth: Count = 25  # levels of fields, fragments opened; introspection itself needs 13
    aliases: Count = 100  # in all; pages that ask for many things at once have some 30
    directives: Count = 100  # in all; likewise
    operations: Count = 20  # in one request: a batch, or several in a document
    # Fields, each times the `first`, `limit` and the like of what it stands in.
    cost: Count = 100_000
    accounts: dict[str, GraphQLAccount] = {}


class Exclusion(Section):
    """Rules of either language that are not asked, or not of some values: what is known to be harmless, and where.

    All that is named must fit; what is not named leaves a matter open. An exclusion only ever takes matches away.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")] | None = (
        None  # `exclusion-1` by its place where there is none
    )
    rules: list[Annotated[str, Field(min_length=1)] | Annotated[int, Field(ge=1)]] = []
    tags: list[str] = []  # rules that have this tag, such as `owasp-2021/A03` or `attack-sqli`
    # What these rules are not shown, such as `http.request.json.values:data.*.title`, or `ARGS:body` for rules in SecLang;
    # empty: they are not asked at all.
    targets: list[Annotated[str, Field(min_length=1, max_length=1024)]] = []
    routes: list[str] = []  # by name
    paths: list[PathPattern] = []  # prefixes, or globs with `*` (one segment) and `**`
    methods: list[Method] = []
    accounts: list[str] = []
    until: date | None = None  # its last day, which ends at midnight UTC
    reason: str = ""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.rules and not self.tags:
            raise ValueError("an exclusion names 'rules' or 'tags'; without them nothing is left out")
        return self


class Waf(Section):
    """Inspection. `mode` is the last word: `shadow` records what would have been blocked, `off` asks nothing."""

    mode: Mode = "enforce"
    sensitivity: Sensitivity = "balanced"
    # Dials by pack, which is a file's name without its ending (`a03-sql`), or by family, which is what stands before the first
    # hyphen of it (`a03`). The pack's wins over the family's. They hold for rules of EdgeGuard's own.
    packs: dict[PackName, Dial] = {}
    exclusions: Annotated[list[Exclusion], Field(max_length=500)] = []  # each has a series of metrics
    rules: list[str] = ["bundled", "rules"]  # folders, files or globs, relative to this file; `bundled`: EdgeGuard's own
    threshold: Count = 5  # score at which a request is blocked; one critical match scores 5 (as CRS)
    # Engine time for a head or a body, microseconds; as much again for each 32 KiB of the body. Heads of a CMS's
    # own clients take 50 to 700, what is no text ten times as long; the rest is for a machine that is busy elsewhere.
    budget_us: Count = 10_000
    # What has not been looked at may be the attack, with the rest as its padding. `score` adds 3, which alone blocks nothing.
    on_budget: Literal["pass", "block", "score"] = "block"
    inspect_bytes: Bytes = 128 * 1024  # of a body; more is held back only so far
    # Longer bodies are inspected by a process beside the worker: 16 KiB of prose take 2 ms with the Core Rule Set, in which no
    # other request goes on, and the way there and back takes a tenth of that. From `inspect_bytes` on, there is no such process.
    inline_bytes: Bytes = 16 * 1024
    on_oversize: Literal["prefix", "block", "pass"] = "prefix"  # prefix: the first `inspect_bytes` are inspected
    # Of a body that is not what its type says, or goes beyond the bounds below. `score` still blocks one of which something
    # can't be looked at: its encoding hides it, or it stands behind `body_values` others.
    on_unparsable: Literal["block", "score", "pass"] = "score"
    body_depth: Count = 64  # nesting of JSON
    body_values: Count = 10_000  # values in one body
    seclang: list[str] = []  # files and globs in ModSecurity's rule language, read in this order, before `crs`
    crs: Crs | None = None  # OWASP Core Rule Set as it is published
    # Where compiled patterns are kept, so that a start takes no seconds; `off`, or a folder that only this user can write.
    compiled: str = "auto"
    # Rule files come into force when they change, if they load and their tests pass. An edit that is not in force without anybody
    # noticing is worse than one that is in force at once, and who can write the files decides at the next start anyway.
    watch: bool = True
    content: Content = Content()
    graphql: GraphQL = GraphQL()


class Cache(Section):
    """Two tiers: memory in each worker, Redis shared by all. Sizes in bytes, times in seconds."""

    enabled: bool = True
    memory: Bytes = 64 * 1024 * 1024  # per worker
    object: Bytes = 1024 * 1024  # larger responses are passed on, never kept
    redis: bool = False
    redis_seconds: Count = 86_400  # a key lives no longer, whatever the origin says
    default_seconds: Seconds = 0  # freshness where the origin gives none; 0 never guesses
    most_seconds: Seconds = 31_536_000
    stale_while_revalidate: Seconds = 0  # where the origin does not say; see RFC 5861
    stale_if_error: Seconds = 300  # an outage of five minutes is not seen
    variants: Count = 32  # stored answers per URL that differ by Vary
    coalesce_seconds: Positive = 5  # how long others wait for the one fetch before they fetch themselves


class Harden(Section):
    """Fields of every response. Empty text adds nothing; `keep` names those where the origin's value wins.

    What is not in `keep` and has a value here takes the place of the origin's.
    """

    hsts: str = "max-age=31536000; includeSubDomains"  # sent on https only (RFC 6797, section 7.2)
    content_type_options: str = "nosniff"
    frame_options: str = "SAMEORIGIN"
    referrer_policy: str = "strict-origin-when-cross-origin"
    server: str = ""  # what Server says; the origin's own is always removed
    remove: list[str] = ["x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-generator", "x-runtime"]
    add: dict[str, str] = {}
    keep: list[str] = ["x-frame-options", "referrer-policy"]


Share = Annotated[float, Field(ge=0, le=1)]


class Samples(Section):
    """Exchanges kept for `edgeguard replay`: some of them, masked, encrypted, for some days. None are, without this section."""

    folder: Annotated[str, Field(min_length=1)]  # made where it is not there
    key_file: Path  # `edgeguard samples key FILE` makes one, and puts a new key on top later
    rate: Share = 0.01  # of all exchanges; a sample of one in a hundred shows what happens once in thousands
    routes: dict[str, Share] = {}  # the same by route
    flagged: Share | None = None  # of those that a rule or a limit had something to say about; None: as all others
    keep_days: Annotated[int, Field(ge=1, le=365)] = 7  # a week has its rhythm in it
    disk: Annotated[Bytes, Field(ge=1024 * 1024)] = 256 * 1024 * 1024  # of all workers; the oldest go first
    # Of a request's body; a replay can't say what stood behind it. At most what fits into one line of a reader.
    body: Annotated[Bytes, Field(le=4 * 1024 * 1024)] = 64 * 1024
    mask: list[str] = []  # names of fields, parameters, cookies, JSON keys whose values are masked beside those known anyway
    queue: Count = 256  # samples that wait to be written; more are dropped and counted


class Observe(Section):
    """Logs: `stdout`, `stderr`, `off`, or a file's path."""

    access_log: str = "stdout"
    event_log: str = "stdout"
    level: Literal["debug", "info", "warning", "error"] = "info"  # of the edge's own log, on stderr
    queue: Count = 10_000  # lines that wait for a slow disk; more are dropped and counted
    # Rules that one event tells of, the last of many among them. More make lines too long for workers to share a pipe.
    matches: Annotated[int, Field(ge=2)] = 8
    accounts: Annotated[int, Field(ge=0)] = 100  # accounts with a metric label of their own; the rest are `other`
    samples: Samples | None = None


class Admin(Section):
    """Health and metrics; never on a public address."""

    enabled: bool = True
    address: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 9180
    hosts: list[str] = []  # names besides loopback and `address` that Host may carry; others get 421 (DNS rebinding)


class Redis(Section):
    """The one shared engine of limits and of the second cache tier. `rediss://` speaks TLS."""

    url: SecretStr
    ca: Path | None = None
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,32}$")] = "eg"
    timeout_ms: Annotated[float, Field(gt=0, le=1000)] = 5  # of limits; then they go on without
    cache_timeout_ms: Annotated[float, Field(gt=0, le=1000)] = 20  # of the cache, whose values are larger
    retry_seconds: Positive = 1  # how often a lost Redis is asked whether it is back


class LoginFields(Section):
    """What a login looks like: a POST to one of `paths` with a field of `users` and one of `passwords`, in a form or JSON."""

    paths: list[PathPattern] = [
        *("/login", "/auth/login", "/api/login", "/api/auth/login", "/api/auth/local", "/api/sessions", "/sessions"),
        *("/users/sign_in", "/account/login", "/accounts/login", "/admin/login", "/signin", "/oauth/token", "/wp-login.php"),
    ]
    users: list[str] = ["username", "user", "email", "login", "identifier", "account", "log"]
    passwords: list[str] = ["password", "pass", "passwd", "pwd"]


class Challenge(Section):
    """What a browser has to reckon before it goes on. Keys are taken from `identity` unless some are given here."""

    bits: Annotated[int, Field(ge=1, le=24)] = 16  # 2^16 hashes on average: 0.1 to 1 s in a browser; each bit doubles it
    solve_seconds: Positive = 300  # from the page to its answer
    valid_seconds: Positive = 3600  # from the page until a browser is asked anew
    ipv4_prefix: Annotated[int, Field(ge=8, le=32)] = 24  # a pass holds in so large a network: mobile clients move in theirs
    # Instead of those made from identity's: the first one signs, all are taken, so that one can be replaced without a break.
    keys: list[Annotated[SecretStr, Field(min_length=12)]] = []


class Dynamic(Section):
    """Rules that count over several requests, and what they act with: bans, challenges, tightened limits."""

    mode: Literal["enforce", "shadow", "off"] = "enforce"  # shadow: only say what would be done; off: nothing is counted
    rules: list[str] = ["bundled", "dynamic"]  # folders, files or globs, relative to this file; `bundled`: EdgeGuard's own
    # memory: the edge's workers share what they count and what is in force; redis: all edges do.
    store: Literal["memory", "redis"] = "memory"
    counters: Count = 50_000  # per worker, equal shares for rules; those that count least go first; about 300 bytes each
    sanctions: Annotated[int, Field(ge=16, le=200_000)] = 10_000  # in force or remembered for repeaters; 256 bytes each
    # Where the edge keeps what is in force: a file, or auto, which is memory that lasts as long as the edge runs.
    book: str = "auto"
    # Whom rules leave alone: where a proxy or a probe on these stands before the edge, it stands for everybody.
    never: list[IPvAnyNetwork] = [
        *map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")),
        *map(ip_network, ("::1/128", "fc00::/7", "fe80::/10")),
    ]
    session_cookies: list[str] = ["session", "sessionid", "sid", "connect.sid", "PHPSESSID", "JSESSIONID"]
    login: LoginFields = LoginFields()
    challenge: Challenge = Challenge()


class Route(Section):
    """Settings for some of the requests; the first route that fits counts."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    paths: list[PathPattern] = ["/**"]  # prefixes, or globs with `*` (one segment) and `**`
    methods: list[Method] = []
    hosts: list[HostPattern] = []
    body: Bytes | None = None
    cache: bool = True
    waf: RouteWaf | None = None  # a mode alone, or with dials
    policies: list[str] | None = None  # names of limits; None: all that are not by route
    first_byte_seconds: Positive | None = None


def _places_differ(value: list[Listener]) -> list[Listener]:
    places = [(item.address, item.port) for item in value]
    for number, place in enumerate(places):
        if place[1] and place in places[:number]:
            raise misplaced("two listeners share an address and a port", "listeners", number)
    return value


def _names_differ(value: list[Route]) -> list[Route]:
    names = ["default", *(route.name for route in value)]
    for number, route in enumerate(value):
        if route.name in names[: number + 1]:
            text = (
                "'default' is the name of what no route takes"
                if route.name == "default"
                else f"two routes are called '{route.name}'"
            )
            raise misplaced(text, "routes", number, "name")
    return value


class Config(Section):
    """The whole file."""

    listeners: Annotated[list[Listener], Field(min_length=1, max_length=32), AfterValidator(_places_differ)]
    origin: Origin
    workers: Annotated[int, Field(ge=1, le=256)] | Literal["auto"] = "auto"  # auto: one a core
    drain_seconds: Positive = 30  # how long accepted requests may take to finish at a reload or a stop
    wire: Wire = Wire()
    identity: Identity = Identity()
    admit: Admit = Admit()
    limits: Limits = Limits()
    waf: Waf = Waf()
    cache: Cache = Cache()
    harden: Harden = Harden()
    routes: Annotated[list[Route], AfterValidator(_names_differ)] = []
    observe: Observe = Observe()
    admin: Admin = Admin()
    redis: Redis | None = None
    dynamic: Dynamic = Dynamic()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        asks = (
            (self.limits.store == "redis", ("limits", "store")),
            (self.cache.redis, ("cache", "redis")),
            (self.dynamic.store == "redis", ("dynamic", "store")),
        )
        for asked, path in asks:
            if asked and self.redis is None:
                raise misplaced(f"{'.'.join(path)} asks for Redis, but there is no 'redis' section with a url", *path)
        for name in self.observe.samples.routes if self.observe.samples is not None else ():
            if name not in ("default", *(route.name for route in self.routes)):
                raise misplaced(f"'{name}' is no route; 'routes' does not have it", "observe", "samples", "routes", name)
        known = {policy.name for policy in self.limits.policies}
        for number, route in enumerate(self.routes):
            for place, name in enumerate(route.policies or ()):
                if name not in known:
                    text = f"route '{route.name}' names the limit '{name}', which limits.policies does not have"
                    raise misplaced(text, "routes", number, "policies", place)
        routes = {"default", *(route.name for route in self.routes)}
        for number, exclusion in enumerate(self.waf.exclusions):
            for place, name in enumerate(exclusion.routes):
                if name not in routes:
                    text = f"this exclusion names the route '{name}', which 'routes' does not have"
                    raise misplaced(text, "waf", "exclusions", number, "routes", place)
        return self
