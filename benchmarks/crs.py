"""One tree of the OWASP Core Rule Set and one set of settings, as the peer and as the edge are told of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from sample import Sample

DEBIAN = Path("/usr/share/modsecurity-crs")
_DEBIAN_SETUP = Path("/etc/modsecurity/crs/crs-setup.conf")
_RECOMMENDED = Path("/etc/nginx/modsecurity.conf")  # what comes with the peer: body processors, limits, strictness
_UNICODE = Path("/etc/nginx/unicode.mapping")

# What each generation calls the level whose rules block, and the level whose rules are told.
_LEVELS = {3: ("paranoia_level", "executing_paranoia_level"), 4: ("blocking_paranoia_level", "detection_paranoia_level")}

# What a CMS must allow beyond the defaults, or every save of an editor is blocked for its method.
ALLOWED = {
    "allowed_methods": "GET HEAD POST OPTIONS PUT PATCH DELETE",
    "allowed_request_content_type": "|application/x-www-form-urlencoded| |multipart/form-data| |text/xml| |application/xml| "
    "|application/soap+xml| |application/json| |application/vnd.api+json|",
}

# What is recommended takes `application/json` alone for JSON; later versions of it take the types that end in `+json` too.
_MORE_JSON = (
    'SecRule REQUEST_HEADERS:Content-Type "@rx ^application/[a-z0-9.-]+[+]json" '
    '"id:7000002,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"'
)
# Whoever lets this pass has no rules, and no speed worth telling.
ATTACK = Sample("attack", target=b"/?id=1%27%20OR%20%271%27=%271", fields=((b"Host", b"cms.example.com"), (b"Accept", b"*/*")))


@dataclass(frozen=True, slots=True)
class Tree:
    """Where the rules are, and which generation they belong to: 3 or 4."""

    path: Path
    setup: Path
    generation: int

    @property
    def title(self) -> str:
        """Its version, as its own files tell it."""
        for line in (self.path / "rules" / "REQUEST-901-INITIALIZATION.conf").read_text("utf-8").splitlines():
            if "OWASP" in line and "ver." in line:
                return "CRS " + line.rpartition("ver.")[2].strip().strip('"\\')
        return f"CRS {self.generation}"


def tree(path: Path) -> Tree:
    """The tree in `path`.

    Raises:
        SystemExit: there is none.
    """
    setups = (path / "crs-setup.conf", path / "crs-setup.conf.example", _DEBIAN_SETUP if path == DEBIAN else path)
    setup = next((file for file in setups if file.is_file()), None)
    first = path / "rules" / "REQUEST-901-INITIALIZATION.conf"
    if setup is None or not first.is_file():
        raise SystemExit(f"{path} holds no Core Rule Set: rules/ and crs-setup.conf are looked for")
    return Tree(path, setup, 4 if "blocking_paranoia_level" in first.read_text("utf-8") else 3)


def base_rules(folder: Path, steps: int = 0, body: int = 0) -> Path:
    """The recommended configuration, blocking on and every log off; both sides read this file before the rules.

    `steps` is after how many the peer gives a pattern up and lets the value pass, `body` how many bytes a body may have; 0 leaves
    what is recommended.
    """
    lines = []
    for line in _RECOMMENDED.read_text("utf-8").splitlines():
        words = line.split()
        if line.startswith("SecRuleEngine"):
            lines.append("SecRuleEngine On")
        elif steps and words and words[0] in ("SecPcreMatchLimit", "SecPcreMatchLimitRecursion"):
            lines.append(f"{words[0]} {steps}")
        elif body and words and words[0] in ("SecRequestBodyLimit", "SecRequestBodyNoFilesLimit"):
            lines.append(f"{words[0]} {body}")
        elif not line.startswith("SecAudit"):
            lines.append(line)
    lines.append(_MORE_JSON)
    file = folder / "base.conf"
    file.write_text("\n".join(lines) + "\n")
    if _UNICODE.exists():
        shutil.copy(_UNICODE, folder)
    return file


def peer_rules(rules: Tree, folder: Path, paranoia: int = 1, audit: Path | None = None, steps: int = 0) -> Path:
    """A file for the peer with everything in it; `audit` is where it tells what matched, as JSON."""
    base = base_rules(folder, steps)
    variables = {name: str(paranoia) for name in _LEVELS[rules.generation]} | ALLOWED
    settings = ",".join(f"setvar:'tx.{name}={value}'" for name, value in variables.items())
    log = "SecAuditEngine Off"
    if audit is not None:
        log = f"SecAuditEngine On\nSecAuditLogParts AHZ\nSecAuditLogType Serial\nSecAuditLogFormat JSON\nSecAuditLog {audit}"
    file = folder / "rules.conf"
    file.write_text(
        f'Include {base}\n{log}\nInclude {rules.setup}\nSecAction "id:7000001,phase:1,pass,nolog,{settings}"\n'
        f"Include {rules.path}/rules/*.conf\n"
    )
    return file


def edge_rules(rules: Tree, folder: Path, paranoia: int = 1, body: int = 0) -> str:
    """The same for the edge: what stands in `waf`."""
    base = base_rules(folder, body=body)
    tree = f"path: '{rules.path}', setup: '{rules.setup}', paranoia: {paranoia}, variables: {json.dumps(ALLOWED)}"
    return f"seclang: ['{base}'], crs: {{{tree}}}"
