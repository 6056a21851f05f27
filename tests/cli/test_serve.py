from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]
    Start = Callable[..., subprocess.Popen[str]]


def test_it_serves_until_sigterm(start: Start, config: Path) -> None:
    edge = start("-m", "edgeguard", "serve", "-c", config.name)
    assert edge.stderr is not None
    told = []
    for line in edge.stderr:
        told.append(line)
        if "in force" in line:
            edge.send_signal(signal.SIGTERM)
    assert any("in force" in line for line in told), told
    assert edge.wait(50) == 0
    assert not any("Traceback" in line for line in told)


def test_a_port_in_use_is_one_clear_line(run: Run, config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config.write_text(config.read_text().replace("port: 0}]", f"port: {port}}}]"))
        result = run("serve", "-c", config)
    assert (result.returncode, result.stdout) == (1, "")
    assert f"127.0.0.1:{port} is in use" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_faulty_configuration_is_told_and_nothing_starts(run: Run, config: Path) -> None:
    config.write_text(config.read_text() + "cach: {}\n")
    result = run("serve", "-c", config)
    assert (result.returncode, result.stdout) == (1, "")
    assert "cache" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_fault_in_the_file_of_tokens_is_one_line_and_nothing_starts(run: Run, config: Path) -> None:
    (config.parent / "tokens.yaml").write_text("not-a-hash: acme\n")
    accounts = "accounts: [{token: authorization, known: tokens.yaml}]"
    config.write_text(config.read_text().replace("key_file: identity.key", f"key_file: identity.key, {accounts}"))
    result = run("serve", "-c", config)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "tokens.yaml: a key is no token hash" in result.stderr
