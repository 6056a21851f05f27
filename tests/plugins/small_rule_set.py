"""A rule set in the shape of the Core Rule Set, with scores at two paranoia levels, small enough to read; and some YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RULES = r"""
SecAction "id:900,phase:1,pass,nolog,setvar:tx.five=5,setvar:tx.sum=0,\
    setvar:tx.inbound_anomaly_score_pl1=0,setvar:tx.inbound_anomaly_score_pl2=0"

SecRule ARGS|REQUEST_COOKIES "@contains evil" \
    "id:101,phase:2,pass,log,capture,t:none,t:urlDecodeUni,t:lowercase,msg:'Evil in %{MATCHED_VAR_NAME}',severity:CRITICAL,\
    tag:'paranoia-level/1',tag:'attack-evil',logdata:'%{TX.0}',setvar:'tx.inbound_anomaly_score_pl1=+%{tx.five}'"

SecRule ARGS "@rx ^bad(\d)$" "id:102,phase:2,pass,log,capture,msg:'Bad',severity:WARNING,tag:'paranoia-level/1',chain"
    SecRule TX:1 "@gt 3" "setvar:'tx.inbound_anomaly_score_pl1=+3'"

SecRule &REQUEST_HEADERS:X-Needed "@gt 0" "id:103,phase:1,pass,log,msg:'A count',setvar:'tx.inbound_anomaly_score_pl1=+5'"

SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 2" "id:200,phase:2,pass,nolog,skipAfter:END"
SecRule ARGS "@contains odd" \
    "id:201,phase:2,pass,log,msg:'Odd',severity:NOTICE,tag:'paranoia-level/2',setvar:'tx.inbound_anomaly_score_pl2=+4'"
SecMarker END

SecRule TX:BLOCKING_PARANOIA_LEVEL "@ge 1" "id:901,phase:2,pass,nolog,setvar:'tx.sum=+%{tx.inbound_anomaly_score_pl1}'"
SecRule TX:BLOCKING_PARANOIA_LEVEL "@ge 2" "id:902,phase:2,pass,nolog,setvar:'tx.sum=+%{tx.inbound_anomaly_score_pl2}'"
SecRule TX:sum "@ge %{tx.inbound_anomaly_score_threshold}" "id:910,phase:2,deny,status:403,log,msg:'Too much: %{TX.sum}'"
"""

YAML = """\
- id: t-1
  title: Evil in a path
  severity: high
  match:
    evil: {http.request.path|lowercase|contains: evil}
  action: {block: {status: 404}}
  tests:
    match: [{path: /EVIL}]
    pass: [{path: /}]
"""

RAW = b"POST /save?x=1 HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 24\r\n\r\n"
BLOCKED = RAW + b"a=%2545VIL&b=fine&c=evil"


def lay_out(folder: Path) -> Path:
    """The rule set as a folder `crs`, and `own.yaml` beside it; the folder `crs`."""
    tree = folder / "crs"
    (tree / "rules").mkdir(parents=True)
    (tree / "rules" / "REQUEST-1.conf").write_text(RULES)
    (folder / "own.yaml").write_text(YAML)
    return tree
