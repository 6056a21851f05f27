"""Every directive that SecLang's references name, and what becomes of it here; the manual is made from this table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from edgeguard.waf.seclang import settings

if TYPE_CHECKING:
    from edgeguard.waf.seclang.settings import Setter

# What becomes of a directive. The reader works on `rule` and `change`; `setting` goes into the configuration; `noted` is taken
# and has no effect; `refused` would change verdicts, or pretend to protect, if it were taken.
Effect = Literal["rule", "change", "setting", "noted", "refused"]


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive.

    Attributes:
        name: as the reference spells it.
        takes: how its words are written.
        effect: what becomes of it.
        says: what it does; why it does nothing here; or what to write instead.
        least, most: how many words it takes.
        put: sets it, where it is a setting.
        harmless: in lower case, the values with which a refused directive is taken: they ask for nothing.
    """

    name: str
    takes: str
    effect: Effect
    says: str
    least: int = 1
    most: int = 1
    put: Setter | None = None
    harmless: frozenset[str] = frozenset()


def _setting(name: str, takes: str, says: str, put: Setter, least: int = 1, most: int = 1) -> Directive:
    return Directive(name, takes, "setting", says, least, most, put)


def _noted(names: str, takes: str, says: str, most: int = 1) -> list[Directive]:
    return [Directive(name, takes, "noted", says, 0, most) for name in names.split()]


def _refused(names: str, takes: str, says: str, *harmless: str) -> list[Directive]:
    return [Directive(name, takes, "refused", says, 0, _ANY, harmless=frozenset(harmless)) for name in names.split()]


_ANY: Final = 1 << 20
_OFF: Final = ("off",)
_LIMIT_ACTIONS: Final[dict[str, object]] = {"reject": "reject", "processpartial": "process_partial"}
_ENGINE: Final[dict[str, object]] = {"on": "on", "off": "off", "detectiononly": "detection_only"}

_AUDIT: Final = "the edge writes events of its own; see the logs in the configuration"
_UPLOADS: Final = "files of a request are looked at in memory and never stored"
_LINEAR: Final = "expressions are matched in linear time, so that there is nothing to limit"
_LINES: Final = "limits of connections stand in the configuration, under wire"
_HASHES: Final = "links are not signed, and SecHashEngine can't be turned on"
_REPLACED: Final = "it has been gone from ModSecurity for years"

_ALL: Final = (
    Directive("Include", "FILE", "rule", "reads more files; relative names are as seen from its own folder; * and ? are known"),
    Directive("IncludeOptional", "FILE", "rule", "as Include, and it is no fault if no file is there"),
    Directive("SecRule", "VARIABLES OPERATOR [ACTIONS]", "rule", "a rule", 2, 3),
    Directive("SecAction", "ACTIONS", "rule", "a rule that always holds"),
    Directive("SecMarker", "NAME", "rule", "a place that skipAfter goes to"),
    Directive("SecDefaultAction", "ACTIONS", "rule", "what rules of a phase do unless they say otherwise; once a phase"),
    Directive("SecRuleRemoveById", "ID|FROM-TO ...", "change", "takes rules out, wherever they stand", 1, _ANY),
    Directive("SecRuleRemoveByTag", "TAG", "change", "takes rules out that have just this tag, wherever they stand"),
    Directive("SecRuleRemoveByMsg", "TEXT", "change", "takes rules out that have just this message, wherever they stand"),
    Directive("SecRuleUpdateTargetById", "ID|FROM-TO VARIABLES", "change", "lets rules look at more or, with !, at less", 2, 3),
    Directive("SecRuleUpdateTargetByTag", "TAG VARIABLES", "change", "the same for rules with just this tag", 2, 3),
    Directive("SecRuleUpdateTargetByMsg", "TEXT VARIABLES", "change", "the same for rules with just this message", 2, 3),
    Directive("SecRuleUpdateActionById", "ID|FROM-TO ACTIONS", "change", "lays actions over those of a rule", 2, 2),
    _setting("SecRuleEngine", "On|Off|DetectionOnly", "whether rules are asked", settings.one_of("rule_engine", _ENGINE)),
    _setting("SecRequestBodyAccess", "On|Off", "whether requests' bodies are looked at", settings.switch("request_body_access")),
    _setting("SecRequestBodyLimit", "BYTES", "the longest body of a request", settings.count("request_body_limit")),
    _setting("SecRequestBodyNoFilesLimit", "BYTES", "the same without files", settings.count("request_body_no_files_limit")),
    _setting(
        "SecRequestBodyLimitAction", "Reject|ProcessPartial", "what happens to a longer one",
        settings.one_of("request_body_limit_action", _LIMIT_ACTIONS),
    ),
    _setting("SecRequestBodyJsonDepthLimit", "DEPTH", "how deep JSON may go", settings.count("request_body_json_depth_limit")),
    _setting("SecResponseBodyAccess", "On|Off", "whether theirs are looked at", settings.switch("response_body_access")),
    _setting("SecResponseBodyLimit", "BYTES", "the longest body of a response", settings.count("response_body_limit")),
    _setting(
        "SecResponseBodyLimitAction", "Reject|ProcessPartial", "what happens to a longer one",
        settings.one_of("response_body_limit_action", _LIMIT_ACTIONS),
    ),
    _setting("SecResponseBodyMimeType", "TYPE ...", "types that are looked at; may be said again", settings.mime_types, 1, _ANY),
    _setting("SecResponseBodyMimeTypesClear", "", "forgets those types", settings.no_mime_types, 0, 0),
    _setting("SecArgumentsLimit", "NUMBER", "how many arguments are read", settings.count("arguments_limit")),
    _setting("SecArgumentSeparator", "CHARACTER", "what parts arguments", settings.character),
    _setting("SecCookieFormat", "0|1", "how cookies are read", settings.count("cookie_format", 0, 1)),
    _setting("SecCollectionTimeout", "SECONDS", "how long a collection lives untouched", settings.count("collection_timeout")),
    _setting("SecUploadFileLimit", "NUMBER", "files until MULTIPART_FILE_LIMIT_EXCEEDED", settings.count("upload_file_limit")),
    _setting("SecComponentSignature", "TEXT", "names a set of rules", settings.signature),
    _setting("SecUnicodeMapFile", "FILE [CODEPAGE]", "how t:urlDecodeUni maps characters", settings.unicode_map, 1, 2),
    _setting("SecUnicodeCodePage", "CODEPAGE", "which part of that file", settings.count("unicode_code_page", 1, 65535)),
    _setting("SecXmlExternalEntity", "On|Off", "whether XML may name files", settings.switch("xml_external_entity")),
    _setting("SecGeoLookupDb", "FILE", "the database of @geoLookup", settings.path("geo_database")),
    _setting("SecWebAppId", "NAME", "the value of WEBAPPID, and a name of collections", settings.text("web_app_id")),
    *_noted("SecAuditEngine", "On|Off|RelevantOnly", _AUDIT),
    *_noted("SecAuditLog SecAuditLog2 SecAuditLogStorageDir SecGuardianLog", "FILE", _AUDIT, 2),
    *_noted("SecAuditLogDirMode SecAuditLogFileMode", "MODE", _AUDIT),
    *_noted("SecAuditLogFormat SecAuditLogParts SecAuditLogRelevantStatus SecAuditLogType", "TEXT", _AUDIT),
    *_noted("SecDebugLog SecDebugLogLevel SecSensorId", "TEXT", "the level of the edge's log stands in the configuration"),
    *_noted("SecUploadDir SecUploadFileMode SecUploadKeepFiles SecTmpSaveUploadedFiles", "TEXT", _UPLOADS),
    *_noted("SecTmpDir SecDataDir SecChrootDir", "FOLDER", "the engine writes no files"),
    *_noted("SecRequestBodyInMemoryLimit", "BYTES", "bodies are looked at in memory only"),
    *_noted("SecPcreMatchLimit SecPcreMatchLimitRecursion SecRxPreFilter", "TEXT", _LINEAR),
    *_noted("SecStatusEngine", "On|Off", "nothing is sent home"),
    *_noted("SecServerSignature", "TEXT", "which fields a response has stands in the configuration"),
    *_noted("SecConnEngine", "On|Off|DetectionOnly", _LINES),
    *_noted("SecConnReadStateLimit SecConnWriteStateLimit SecReadStateLimit SecWriteStateLimit", "NUMBER [OPERATOR]", _LINES, 2),
    *_noted("SecContentInjection SecDisableBackendCompression", "On|Off", "bodies of responses are never written into"),
    *_noted("SecStreamInBodyInspection SecStreamOutBodyInspection", "On|Off", "the variables of streams are not there"),
    *_noted("SecInterceptOnError", "On|Off", "what can't be inspected is a policy of the configuration, under waf"),
    *_noted("SecCacheTransformations", "On|Off [TEXT]", "transformed values are always kept while a request is inspected", 2),
    *_noted("SecRulePerfTime", "MICROSECONDS", "what rules cost is measured by other means"),
    *_noted("SecRuleInheritance", "On|Off", "all rules belong to one set"),
    *_noted("SecHttpBlKey SecGsbLookupDb", "TEXT", "requests are not looked up elsewhere"),
    *_noted("SecHashKey SecHashMethodRx SecHashMethodPm", "TEXT", _HASHES, 2),
    *_noted("SecHashParam", "TEXT", _HASHES),
    *_noted("SecRemoteRulesFailAction", "Abort|Warn", "rules are read from files only"),
    *_noted("SecRequestEncoding", "TEXT", "text is UTF-8 or what the request says of itself"),
    *_noted("SecPdfProtectMethod SecPdfProtectSecret SecPdfProtectTimeout SecPdfProtectTokenName", "TEXT", _REPLACED),
    *_refused("SecHashEngine SecEncryptionEngine", "On|Off", "links are not signed; it can be Off only", *_OFF),
    *_refused("SecPdfProtect", "On|Off", f"{_REPLACED}; it can be Off only", *_OFF),
    *_refused("SecParseXmlIntoArgs", "On|Off|OnlyArgs", "values of XML are XML:/* and not ARGS; it can be Off only", *_OFF),
    *_refused("SecIgnoreRuleCompilationErrors", "On|Off", "every rule must load; it can be Off only", *_OFF),
    *_refused("SecCookieV0Separator", "CHARACTER", "cookies are parted by ';' only", ";"),
    *_refused("SecRuleScript", "FILE [ACTIONS]", "scripts are not run; write a SecRule"),
    *_refused("SecRemoteRules", "KEY URL", "rules are read from files only; fetch them first and write Include"),
    *_refused("SecDataset", "NAME WORDS", "write the words into a file and use @pmFromFile"),
)  # fmt: skip

DIRECTIVES: Final = {directive.name.lower(): directive for directive in _ALL}

# Settings that are taken so that scripts load, and read by nothing: the field of the configuration, and what holds instead.
IDLE: Final = {
    "SecRequestBodyAccess": ("request_body_access", "bodies are always looked at"),
    "SecRequestBodyLimit": ("request_body_limit", "`wire.body` and `waf.inspect_bytes` hold"),
    "SecRequestBodyNoFilesLimit": ("request_body_no_files_limit", "`wire.body` and `waf.inspect_bytes` hold"),
    "SecRequestBodyLimitAction": ("request_body_limit_action", "`waf.on_oversize` holds"),
    "SecRequestBodyJsonDepthLimit": ("request_body_json_depth_limit", "`waf.body_depth` holds"),
    "SecResponseBodyLimit": ("response_body_limit", "`waf.inspect_bytes` holds"),
    "SecResponseBodyLimitAction": ("response_body_limit_action", "the beginning of a longer one is inspected"),
    "SecArgumentsLimit": ("arguments_limit", "all are looked at; `waf.body_values` holds"),
    "SecArgumentSeparator": ("argument_separator", "it is always `&`"),
    "SecCookieFormat": ("cookie_format", "it is always 0"),
    "SecUploadFileLimit": ("upload_file_limit", "MULTIPART_FILE_LIMIT_EXCEEDED stays 0"),
    "SecComponentSignature": ("component_signatures", "it is told nowhere"),
    "SecXmlExternalEntity": ("xml_external_entity", "it is always Off"),
    "SecGeoLookupDb": ("geo_database", "@geoLookup is not here"),
}
