"""Reloads by changed rule files, under load: how soon they are in force, what fails, and what memory the edge has then.

`.venv/bin/python benchmarks/reloads.py --rounds 200 [--rules FILE ...] [--crs DIR]`
"""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

RULE = """\
- id: bench-1
  title: A word
  action: block
  match: {word: {http.request.query|contains: "word-N."}}
  tests: {match: [{path: "/?q=word-N."}], pass: [{path: /}]}
"""
PEOPLE = 4


class Origin(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


class Load:
    """People who ask one thing after the other; what is not answered with 200 is a failure."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered = 0
        self.failures: list[str] = []
        self.ends = threading.Event()
        self.people = [threading.Thread(target=self._person, daemon=True) for _ in range(PEOPLE)]

    def _person(self) -> None:
        client = None
        while not self.ends.wait(0.02):
            try:
                client = client or http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                client.request("GET", "/", headers={"Host": "bench.example"})
                answer = client.getresponse()
                answer.read()
            except OSError as error:
                self.failures.append(repr(error))
                client = None
                continue
            self.answered += 1
            if answer.status != 200:
                self.failures.append(str(answer.status))
            if answer.getheader("Connection") == "close":
                client.close()
                client = None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def memory(pid: int) -> tuple[int, int]:
    """Proportional set size in MB: of a process, and with its children."""

    def pss(number: str | int) -> int:
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) // 1024

    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return pss(pid), pss(pid) + sum(map(pss, children))


def status(port: int, path: str) -> int:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    client.request("GET", path, headers={"Host": "bench.example", "Connection": "close"})
    found = client.getresponse().status
    client.close()
    return found


def in_force(port: int, path: str, within: float = 60.0) -> float:
    """Seconds until a request is blocked."""
    began = time.monotonic()
    while status(port, path) != 403:
        if time.monotonic() - began > within:
            sys.exit(f"not in force within {within:g} s")
        time.sleep(0.02)
    return time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--rules", nargs="*", default=["bundled"])
    parser.add_argument("--crs")
    given = parser.parse_args()
    origin = ThreadingHTTPServer(("127.0.0.1", 0), Origin)
    threading.Thread(target=origin.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        (folder / "own").mkdir()
        rules = [rule if rule == "bundled" else str(Path(rule).absolute()) for rule in given.rules]
        waf = {"rules": [*rules, "own"], "on_budget": "pass"} | (
            {"crs": {"path": str(Path(given.crs).absolute())}} if given.crs else {}
        )
        config = {
            "listeners": [{"address": "127.0.0.1", "port": port}],
            "origin": {"url": f"http://127.0.0.1:{origin.server_address[1]}"},
            "limits": {"policies": []},
            "dynamic": {"mode": "off"},
            "waf": waf,
            "workers": 2,
            "observe": {"access_log": "off", "event_log": "off"},
            "admin": {"port": free_port()},
        }
        (folder / "edgeguard.json").write_text(json.dumps(config))
        (folder / "own" / "rule.yaml").write_text(RULE.replace("N", "0"))
        command = [sys.executable, "-m", "edgeguard", "serve", "-c", str(folder / "edgeguard.json")]
        with (folder / "log").open("w") as log, subprocess.Popen(command, stderr=log) as edge:
            try:
                while '"in force"' not in (folder / "log").read_text():
                    if edge.poll() is not None:
                        sys.exit((folder / "log").read_text())
                    time.sleep(0.1)
                measure(edge.pid, port, folder, given.rounds)
            finally:
                edge.terminate()


def measure(pid: int, port: int, folder: Path, rounds: int) -> None:
    load = Load(port)
    for person in load.people:
        person.start()
    took = []
    for turn in range(1, rounds + 1):
        new = folder / "own" / ".new"
        new.write_text(RULE.replace("N", str(turn)))
        new.rename(folder / "own" / "rule.yaml")
        took.append(in_force(port, f"/?q=word-{turn}."))
        if turn == 1 or turn % 20 == 0 or turn == rounds:
            own, all_of_it = memory(pid)
            print(
                f"{turn:>4}  supervisor {own} MB, all {all_of_it} MB, {load.answered} answered, {len(load.failures)} failed",
                flush=True,
            )
    load.ends.set()
    took.sort()
    print(
        f"in force after {took[len(took) // 2]:.2f} s (median), {took[-1]:.2f} s at most; failures: {load.failures[:5] or 'none'}"
    )


if __name__ == "__main__":
    main()
