"""Lists that stand in files beside the rules. Read when rules are loaded, never afterwards."""

from __future__ import annotations

from pathlib import Path

from edgeguard.waf import rule_files
from edgeguard.waf.faults import Refused


def read_lines(name: bytes, folder: Path | None) -> list[bytes]:
    """The lines of a file without their ends; those that are blank or begin with `#`, perhaps behind blanks, are left out.

    Args:
        name: as it stands in the rule.
        folder: of the rule file, where a relative name is looked for.

    Raises:
        Refused: there is no such file, or it can't be read.
    """
    text = name.decode("utf-8", "surrogateescape").strip()
    if not text:
        raise Refused("a file's name is needed")
    if text.startswith(("http://", "https://")):
        raise Refused(f"'{text}': lists are not fetched; keep the file beside the rules")
    path = Path(text) if folder is None else folder / text
    try:
        content = rule_files.content(path)
    except (OSError, ValueError) as error:
        raise Refused(f"'{path}' can't be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > rule_files.LARGEST:
        raise Refused(f"'{path}' is larger than {rule_files.LARGEST} octets")
    lines = [line.rstrip(b"\r") for line in content.split(b"\n")]
    return [line for line in lines if line.strip() and not line.lstrip().startswith(b"#")]
