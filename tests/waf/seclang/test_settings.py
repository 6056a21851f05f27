from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.faults import RulesError
from edgeguard.waf.seclang.reader import read_seclang_text

if TYPE_CHECKING:
    from edgeguard.waf.seclang.syntax import Configuration


def read(text: str, folder: str | None = None) -> Configuration:
    return read_seclang_text(text, folder=folder).configuration


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("SecRuleEngine detectionOnly", "rule_engine", "detection_only"),
        ("secruleengine Off", "rule_engine", "off"),
        ("SecRequestBodyAccess Off", "request_body_access", False),
        ('SecRequestBodyLimit "1000"', "request_body_limit", 1000),
        ("SecRequestBodyNoFilesLimit 7", "request_body_no_files_limit", 7),
        ("SecRequestBodyLimitAction ProcessPartial", "request_body_limit_action", "process_partial"),
        ("SecRequestBodyJsonDepthLimit 64", "request_body_json_depth_limit", 64),
        ("SecResponseBodyAccess On", "response_body_access", True),
        ("SecResponseBodyLimit 9", "response_body_limit", 9),
        ("SecResponseBodyLimitAction Reject", "response_body_limit_action", "reject"),
        ("SecArgumentsLimit 10", "arguments_limit", 10),
        ("SecArgumentSeparator ;", "argument_separator", ";"),
        ("SecCookieFormat 1", "cookie_format", 1),
        ("SecCollectionTimeout 600", "collection_timeout", 600),
        ("SecUploadFileLimit 5", "upload_file_limit", 5),
        ("SecXmlExternalEntity On", "xml_external_entity", True),
        ("SecWebAppId shop", "web_app_id", "shop"),
        ("SecUnicodeCodePage 1252", "unicode_code_page", 1252),
        ('SecComponentSignature "a/1"\nSecComponentSignature b', "component_signatures", ["a/1", "b"]),
    ],
)
def test_settings(line: str, field: str, value: object) -> None:
    assert getattr(read(line), field) == value


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("SecRuleEngine Yes", "known: detectiononly, off, on"),
        ("SecRuleEngine DetectOnly", "did you mean 'detectiononly'?"),
        ("SecRequestBodyLimit 10M", "not '10M'"),
        ("SecRequestBodyLimit -1", "a number from 0"),
        ("SecArgumentSeparator ab", "one character"),
        ("SecUnicodeMapFile a b", "a code page"),
        ("SecRequestBodyLimit", "is written 'SecRequestBodyLimit BYTES'; something is missing"),
        ("SecRuleEngine On Off", "2 words behind it"),
    ],
)
def test_values_that_do_not_fit(line: str, told: str) -> None:
    with pytest.raises(RulesError) as caught:
        read(line)
    assert told in str(caught.value)


def test_types_begin_anew_and_add_up() -> None:
    assert read("").response_body_mime_types == ("text/plain", "text/html")
    assert read("SecResponseBodyMimeType Text/XML a/b\nSecResponseBodyMimeType c/d a/b").response_body_mime_types == (
        "text/xml",
        "a/b",
        "c/d",
    )
    assert read("SecResponseBodyMimeTypesClear").response_body_mime_types == ()
    assert read("SecResponseBodyMimeTypesClear\nSecResponseBodyMimeType a/b").response_body_mime_types == ("a/b",)


def test_types_have_an_end() -> None:
    with pytest.raises(RulesError, match="more than 1000 types"):
        read("SecResponseBodyMimeType " + " ".join(f"a/{number}" for number in range(1001)))


def test_paths_are_taken_from_the_folder_of_the_file() -> None:
    assert read("SecGeoLookupDb a.mmdb", "/etc/waf/").geo_database == "/etc/waf/a.mmdb"
    assert read("SecGeoLookupDb /a.mmdb", "/etc/waf").geo_database == "/a.mmdb"
    assert read("SecGeoLookupDb a.mmdb").geo_database == "a.mmdb"
    assert read("SecUnicodeMapFile u.map 20127", "r").unicode_map_file == "r/u.map"
