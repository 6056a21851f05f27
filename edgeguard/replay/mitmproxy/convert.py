"""Run by the Python of mitmproxy's environment: `python convert.py CAPTURE` writes the neutral form, a line for each exchange."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any


def neutral(flow: Any) -> dict[str, Any]:
    """An HTTP flow of mitmproxy in EdgeGuard's neutral form."""
    request = flow.request
    said: dict[str, Any] = {
        "v": 1,
        "id": flow.id,
        "time": request.timestamp_start,
        "client": flow.client_conn.peername[0] if flow.client_conn.peername else "",
        "scheme": request.scheme,
        "version": "1.0" if request.http_version == "HTTP/1.0" else "1.1",  # rules see HTTP/2 as 1.1
        "method": request.data.method.decode("latin-1"),
        "target": request.data.path.decode("latin-1") if request.data.path else "/",
        "headers": fields(request),
        **content(request),
    }
    if request.raw_content is None:
        said["complete"] = False
        said["notes"] = ["mitmproxy did not keep its body"]
    if not any(name == "host" for name, _ in said["headers"]):
        said["headers"].insert(0, ["host", request.pretty_host + _port(request)])
    if (response := flow.response) is not None:
        seconds = response.timestamp_end - request.timestamp_start if response.timestamp_end else -1.0
        said["response"] = {"status": response.status_code, "headers": fields(response), "seconds": seconds, **content(response)}
    return said


def fields(message: Any) -> list[list[str]]:
    """Header fields, names in lower case; pseudo-fields of HTTP/2 are none."""
    pairs = ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in message.headers.fields)
    return [[name, value] for name, value in pairs if not name.startswith(":")]


def content(message: Any) -> dict[str, str]:
    """The body as it was sent, still compressed where it was."""
    raw = message.raw_content
    if not raw:
        return {}
    try:
        return {"body": raw.decode()}
    except UnicodeDecodeError:
        return {"body64": b64encode(raw).decode()}


def _port(request: Any) -> str:
    return "" if request.port == {"https": 443, "http": 80}.get(request.scheme) else f":{request.port}"


def main(name: str) -> int:
    """Read a capture, write lines to standard output."""
    from mitmproxy.exceptions import FlowReadException  # noqa: PLC0415 - it is there in its own environment alone
    from mitmproxy.http import HTTPFlow  # noqa: PLC0415
    from mitmproxy.io import FlowReader  # noqa: PLC0415

    with Path(name).open("rb") as file:
        try:
            for flow in FlowReader(file).stream():
                if isinstance(flow, HTTPFlow):
                    sys.stdout.write(json.dumps(neutral(flow)) + "\n")
        except FlowReadException as error:
            sys.stderr.write(f"{error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
