"""What `scripts/mitmproxy` does with an environment that is there already, by a stand-in for its Python."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_it_installs_the_group_and_says_what_to_do_next(tmp_path: Path) -> None:
    (tmp_path / "env" / "bin").mkdir(parents=True)
    python = tmp_path / "env" / "bin" / "python"
    python.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/calls"\n')
    python.chmod(0o755)
    command = [ROOT / "scripts" / "mitmproxy", tmp_path / "env"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30, cwd=tmp_path).stdout
    calls = (tmp_path / "calls").read_text()
    assert "--group mitmproxy" in calls
    assert f"EDGEGUARD_MITMPROXY={tmp_path / 'env'}" in told
    addon = next(word for word in told.split() if word.endswith("addon.py"))
    assert Path(addon).is_file()
