"""Which body processor takes a content type, by the names that SecLang's REQBODY_PROCESSOR and `ctl:requestBodyProcessor` have.

Known as soon as the head is, and read tolerantly: what stands behind the type is for the processor to judge.
"""

from __future__ import annotations

_FORM = b"application/x-www-form-urlencoded"
_XML = frozenset({b"text/xml", b"application/xml", b"text/xml-external-parsed-entity", b"application/xml-external-parsed-entity"})


def processor_of(field: bytes | None) -> str:
    """`URLENCODED`, `MULTIPART`, `JSON`, `XML`, or empty text where none of them takes it.

    Args:
        field: Content-Type as sent; None where there is none.
    """
    if not field:
        return ""
    essence = field.replace(b",", b";").partition(b";")[0].strip(b" \t").lower()
    if essence.startswith(b"multipart/form-data"):  # `boundary` may follow without a semicolon
        return "MULTIPART"
    if essence == _FORM:
        return "URLENCODED"
    if essence == b"application/json" or essence.endswith(b"+json"):
        return "JSON"
    return "XML" if essence in _XML or essence.endswith(b"+xml") else ""
