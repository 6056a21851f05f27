"""An origin for comparing verdicts: it takes whatever an edge sends, and marks each answer as its own.

    python reflector.py PORT

It answers 200 with an empty body, and `POST /reflect` with what the JSON body asks for: `{status, headers, body | encodedBody}`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys

MARK = b"X-From-Origin"  # in every answer of the origin, and in no answer that an edge makes up
_LARGEST = 64 * 1024 * 1024


async def serve(port: int) -> None:
    """Answer until the process is ended."""
    server = await asyncio.start_server(_converse, "127.0.0.1", port, limit=1024 * 1024)
    async with server:
        await server.serve_forever()


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while (answer := await _exchange(reader)) is not None:
            writer.write(answer)
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
        pass
    finally:
        writer.close()


async def _exchange(reader: asyncio.StreamReader) -> bytes | None:
    head = await reader.readuntil(b"\r\n\r\n")
    line, *rest = head[:-4].split(b"\r\n")
    method, _, target = line.partition(b" ")
    fields = {name.strip().lower(): value.strip() for name, _, value in (field.partition(b":") for field in rest)}
    body = await _body(reader, fields)
    if method == b"POST" and target.partition(b" ")[0].partition(b"?")[0] == b"/reflect":
        return _reflected(body)
    return _answer(200, {}, b"", bodiless=method == b"HEAD")


async def _body(reader: asyncio.StreamReader, fields: dict[bytes, bytes]) -> bytes:
    if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
        parts = []
        while size := int((await reader.readline()).partition(b";")[0], 16):
            parts.append((await reader.readexactly(size + 2))[:-2])
        while (await reader.readline()).strip():
            pass
        return b"".join(parts)
    return await reader.readexactly(min(int(fields.get(b"content-length", b"0")), _LARGEST))


def _reflected(body: bytes) -> bytes:
    try:
        asked = json.loads(body)
        content = base64.b64decode(asked["encodedBody"]) if "encodedBody" in asked else str(asked.get("body", "")).encode()
        return _answer(int(asked.get("status", 200)), asked.get("headers") or {}, content)
    except (ValueError, TypeError, AttributeError):
        return _answer(200, {}, b"")


def _answer(status: int, headers: dict[str, str], body: bytes, *, bodiless: bool = False) -> bytes:
    lines = [b"HTTP/1.1 %d Reflected" % status, MARK + b": 1"]
    lines += [f"{name}: {value}".encode() for name, value in headers.items() if name.lower() != "content-length"]
    if not any(name.lower() == "content-type" for name in headers):
        lines.append(b"Content-Type: text/html; charset=utf-8")
    if status >= 200 and status != 204:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + (b"" if bodiless or status == 204 else body)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
