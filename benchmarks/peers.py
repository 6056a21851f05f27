"""The programs that are measured beside each other: an origin, nginx in its roles, and the edge in its own.

Each peer is started in its own folder on a port of loopback, pinned to one core, and ends with the run.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from crs import DEBIAN, peer_rules

if TYPE_CHECKING:
    from crs import Tree

ROOT = Path(__file__).resolve().parent.parent
MODULES = Path("/usr/lib/nginx/modules")

ITEM = (
    '{"data":{"id":"42","type":"item","attributes":{"title":"Autumn at the lake","slug":"autumn-at-the-lake",'
    '"excerpt":"The boats are in, the last guests have left, and the water is as still as glass.",'
    '"published_at":"2026-10-01T08:00:00Z","locale":"en"},"relationships":{"author":{"data":{"id":"7","type":"person"}}}}}'
)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Peer:
    """A running program.

    Attributes:
        url: where it answers.
        core: what it is pinned to.
        worker: the process that does the work, for its memory.
    """

    name: str
    url: str
    process: subprocess.Popen[bytes]
    log: Path
    children: list[int] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where it answers."""
        return int(self.url.rsplit(":", 1)[1])

    def worker(self) -> int:
        """The process that serves: the largest of the children, or the process itself."""
        pids = [int(pid) for pid in _output(["pgrep", "-P", str(self.process.pid)]).split()]
        return max(pids or [self.process.pid], key=proportional_memory)

    def stop(self) -> None:
        """End it, and its children with it."""
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()


def proportional_memory(pid: int) -> int:
    """Bytes of memory of a process, shared pages counted by their share (PSS)."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def cpu_seconds(pid: int) -> float:
    """Time that a process has had a core: what a request costs, on a machine where others want cores too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def missing() -> dict[str, str]:
    """What can't be measured here, and what to install for it."""
    gaps = {}
    if not shutil.which("nginx"):
        gaps["nginx"] = "nginx is not installed: apt-get install nginx"
    if not (MODULES / "ngx_http_modsecurity_module.so").exists():
        gaps["modsecurity"] = "no libmodsecurity for nginx: apt-get install libnginx-mod-http-modsecurity"
    if not (DEBIAN / "rules").exists():
        gaps["crs"] = "no OWASP CRS: apt-get install modsecurity-crs"
    if not shutil.which("wrk"):
        gaps["wrk"] = "wrk is not installed: apt-get install wrk"
    return gaps


def _wait(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 600.0) -> None:
    port = int(url.rsplit(":", 1)[1])
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise SystemExit(f"{url} did not start; see {log}:\n{log.read_text()[-2000:]}")


def _start(name: str, command: list[str], port: int, core: int, folder: Path) -> Peer:
    log = folder / f"{name.replace(' ', '-')}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(["taskset", "-c", str(core), *command], stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"
    _wait(url, process, log)
    return Peer(name, url, process, log)


def _nginx(name: str, http: str, core: int, folder: Path, head: str = "") -> Peer:
    port = free_port()
    home = folder / name.replace(" ", "-")
    home.mkdir()
    paths = "".join(f"{kind}_temp_path {home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = home / "nginx.conf"
    config.write_text(
        f"{head}\n{'user root;' if os.geteuid() == 0 else ''}\n"
        f"daemon off; worker_processes 1; pid {home}/pid; error_log {home}/error.log warn;\n"
        "events { worker_connections 4096; }\n"
        f"http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 600; {paths}\n"
        f"{http.replace('PORT', str(port)).replace('HOME', str(home))}\n}}\n"
    )
    return _start(name, ["nginx", "-c", str(config), "-e", f"{home}/error.log"], port, core, folder)


def origin(core: int, folder: Path) -> Peer:
    """An nginx answering from its configuration: as fast as an origin can be, so that it is not what is measured."""
    body = ITEM.replace('"', '\\"').replace("'", "\\'")
    return _nginx(
        "origin",
        "server { listen 127.0.0.1:PORT reuseport; default_type application/json;\n"
        f'  location / {{ add_header Cache-Control "no-store"; return 200 "{body}"; }}\n'
        '  location /cached { add_header Cache-Control "public, max-age=3600"; add_header ETag \'"a1b2c3"\';'
        f' return 200 "{body}"; }}\n}}',
        core,
        folder,
    )


def _upstream(target: Peer, location: str) -> str:
    return (
        f"upstream cms {{ server {target.url.removeprefix('http://')}; keepalive 128; }}\n"
        'server { listen 127.0.0.1:PORT; proxy_http_version 1.1; proxy_set_header Connection "";'
        f" proxy_set_header Host $host; {location} }}"
    )


def nginx_plain(target: Peer, core: int, folder: Path) -> Peer:
    """An nginx as a plain reverse proxy."""
    return _nginx("nginx plain", _upstream(target, "location / { proxy_pass http://cms; }"), core, folder)


def nginx_cache(target: Peer, core: int, folder: Path) -> Peer:
    """An nginx with proxy_cache, its files in memory."""
    store = "proxy_cache_path HOME/cache keys_zone=cms:16m;\n"
    return _nginx(
        "nginx proxy_cache", store + _upstream(target, "location / { proxy_pass http://cms; proxy_cache cms; }"), core, folder
    )


def nginx_modsecurity(target: Peer, core: int, folder: Path, rules: Tree, *, name: str = "nginx modsecurity crs") -> Peer:
    """An nginx with libmodsecurity and a Core Rule Set at its default settings, blocking on."""
    place = folder / f"{name.replace(' ', '-')}-rules"
    place.mkdir()
    return _with_modsecurity(name, target, core, folder, peer_rules(rules, place), "")


def nginx_audited(target: Peer, core: int, folder: Path, rules: Path) -> Peer:
    """The same with rules that write an audit log; each answer tells the id under which it stands there.

    Bounds of its own are wide, so that rules see what clients send.
    """
    more = (
        "modsecurity_transaction_id $request_id; add_header X-Request-ID $request_id always; "
        "underscores_in_headers on; ignore_invalid_headers off; "
        "client_max_body_size 64m; client_body_buffer_size 1m; large_client_header_buffers 4 32k; client_body_timeout 3s; "
    )
    return _with_modsecurity("nginx audited", target, core, folder, rules, more)


def _with_modsecurity(name: str, target: Peer, core: int, folder: Path, rules: Path, more: str) -> Peer:
    modules = f"load_module {MODULES}/ndk_http_module.so; load_module {MODULES}/ngx_http_modsecurity_module.so;"
    location = f"{more}modsecurity on; modsecurity_rules_file {rules}; location / {{ proxy_pass http://cms; }}"
    return _nginx(name, _upstream(target, location), core, folder, modules)


def reflector(core: int, folder: Path) -> Peer:
    """An origin that marks its answers and gives back what is asked for; see `reflector`."""
    port = free_port()
    return _start("reflector", [sys.executable, str(Path(__file__).with_name("reflector.py")), str(port)], port, core, folder)


def edge(name: str, target: Peer, core: int, folder: Path, settings: str, *, program: Path | None = None) -> Peer:
    """EdgeGuard with one worker; `settings` is YAML beyond listener and origin, `program` what is run in the command's place."""
    port = free_port()
    config = folder / f"{name.replace(' ', '-')}.yaml"
    config.write_text(
        f"listeners: [{{address: 127.0.0.1, port: {port}}}]\n"
        f"origin: {{url: '{target.url}'}}\nworkers: 1\ndrain_seconds: 1\nadmin: {{enabled: false}}\n"
        + ("" if "\nwire:" in settings else "wire: {requests_per_connection: 1000000000}\n")
        + settings.replace("ROOT", str(ROOT))
    )
    start = ["-m", "edgeguard"] if program is None else [str(program)]
    return _start(name, [sys.executable, *start, "serve", "-c", str(config)], port, core, folder)


def cores() -> tuple[int, int]:
    """A core for what is measured and one for load and origin; the same one where there is but one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[-1], usable[0]


def processor() -> str:
    """The processor's name and how many cores may be used."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return f"{line.partition(':')[2].strip()}, {len(os.sched_getaffinity(0))} cores"
    return f"{len(os.sched_getaffinity(0))} cores"
