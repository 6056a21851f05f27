"""A change of rules, before it goes live: the edge keeps samples, and a replay says what the change would do to them."""

from __future__ import annotations

import json

import pytest
from commands import run_here

from edgeguard.observe.samples.keys import add_key

__all__ = ["run_here"]  # the fixture `run`

SECRET = "hunter2-hunter2"
WIDER = """\
- id: journey-1
  title: A word that stands for an attack
  severity: critical
  match:
    word: {http.request.any|contains: attack-me}
  tests:
    match: [{path: "/?q=attack-me"}]
    pass: [{path: /}]
- id: journey-2
  title: Another word
  severity: critical
  match:
    word: {http.request.json.values|contains: marzipan}
  tests:
    match: [{method: POST, path: /, json: {a: marzipan}}]
    pass: [{path: /}]
"""


@pytest.fixture
async def edge(make_origin, make_edge, tmp_path):
    add_key(tmp_path / "samples.key")
    origin = await make_origin()
    samples = {"folder": str(tmp_path / "samples"), "key_file": str(tmp_path / "samples.key"), "rate": 1, "mask": ["nickname"]}
    observe = {"access_log": str(tmp_path / "access.log"), "event_log": "off", "samples": samples}
    return await make_edge(origin.url, workers=2, observe=observe)


async def test_a_change_of_rules_is_shown_before_it_goes_live(edge, connect, run, tmp_path) -> None:
    client = await connect(edge.port)
    assert (await client.ask("/?q=attack-me")).status == 403
    assert (await client.ask(f"/page?token={SECRET}", authorization=f"Bearer {SECRET}", cookie=f"sid={SECRET}")).status == 200
    body = json.dumps({"a": "marzipan", "password": SECRET, "nickname": SECRET}).encode()
    assert (await client.ask("/items", "POST", body, content_type="application/json")).status == 200
    await edge.stop()  # what waits to be written is written
    kept = list((tmp_path / "samples").iterdir())
    assert kept
    for file in kept:
        content = file.read_bytes()
        assert b"marzipan" not in content  # encrypted
        assert b"attack-me" not in content
        assert file.stat().st_mode & 0o077 == 0

    config = str(edge.path)
    listed = run("samples", "list", "-c", config, "--requests")
    assert listed.stdout.count("\n") == 3, listed.stderr
    assert "blocked" in listed.stdout
    exported = run("samples", "export", "-c", config).stdout
    assert "marzipan" in exported
    assert SECRET not in exported

    same = run("replay", str(tmp_path / "samples"), "-c", config, "--rules", config, "--against", config, "--json")
    assert same.returncode == 0, same.stderr
    assert json.loads(same.stdout)["empty"]
    then = json.loads(run("replay", str(tmp_path / "samples"), "-c", config, "--rules", config, "--json").stdout)
    assert then["empty"], "the same rules say what they said then"
    assert then["against"]["blocked"] == 1

    wider = tmp_path / "wider.yaml"
    wider.write_text(WIDER)
    gated = run("replay", str(tmp_path / "samples"), "-c", config, "-r", str(wider), "--most-newly-blocked", "0", "--json")
    assert gated.returncode == 1
    diff = json.loads(gated.stdout)
    assert diff["requests"] == 3
    assert diff["newly_blocked"]["requests"] == 1
    [rule] = diff["newly_blocked"]["by_rule"]
    assert rule["rule"] == "journey-2"
    assert rule["examples"][0]["target"] == "/items"
    assert SECRET not in gated.stdout
    assert run("replay", str(tmp_path / "samples"), "-c", config, "-r", str(wider), "--most-newly-blocked", "50%").returncode == 0

    assert "removed" in run("samples", "purge", "-c", config, "--yes").stdout
    assert not list((tmp_path / "samples").iterdir())


async def test_a_running_edge_goes_on_after_a_purge_and_counts_what_it_loses(edge, connect, until, run, tmp_path) -> None:
    folder = tmp_path / "samples"

    def sizes() -> int:
        return sum(file.stat().st_size for file in folder.iterdir()) if folder.exists() else 0

    client = await connect(edge.port)
    await client.ask("/one")
    await until(lambda: sizes() > 100)
    assert run("samples", "purge", "-c", str(edge.path), "--yes").returncode == 0
    assert sizes() == 0
    await client.ask("/two")
    await until(lambda: sizes() > 100)
    shown = run("samples", "list", "-c", str(edge.path), "--requests").stdout
    assert "/two" in shown
    assert "/one" not in shown
    assert await edge.metric("edgeguard_log_lines_dropped_total", log="samples") == 0
