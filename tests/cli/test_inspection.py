from __future__ import annotations

from pathlib import Path

from edgeguard.cli.inspection import inspect

README = Path(__file__).parents[2] / "README.md"


def test_nothing_is_wrong_with_a_good_one(config: Path) -> None:
    findings = inspect(config)
    assert findings.faults == []
    assert dict(findings.summary)["limits"] == "account, address"


def test_faults_of_different_kinds_are_told_together(config: Path) -> None:
    tokens = config.parent / "tokens.yaml"
    tokens.write_text("not-a-hash: acme\n")
    config.write_text(
        config.read_text().replace("key_file: identity.key", "key_file: identity.key, accounts: [{token: x, known: tokens.yaml}]")
    )
    rule = config.parent / "rules" / "one.yaml"
    rule.write_text(rule.read_text().replace("condition: path", "condition: paht"))
    faults = inspect(config).faults
    assert any("tokens.yaml" in fault for fault in faults)
    assert any("one.yaml" in fault for fault in faults)


def _example(heading: str) -> str:
    """The first YAML below a heading of the README."""
    _, _, rest = README.read_text().partition(f"## {heading}\n")
    _, _, rest = rest.partition("```yaml\n")
    return rest.partition("```")[0]


def test_the_configuration_in_the_readme_loads(config: Path) -> None:
    example = _example("Configuration")
    folder = config.parent
    (folder / "tokens.yaml").write_text("")
    without_tls = example.replace(", tls: {certificate: tls/cert.pem, key: tls/key.pem}", "")
    assert without_tls != example
    config.write_text(without_tls)
    assert inspect(config).faults == []


def test_the_rule_in_the_readme_passes_its_own_tests(config: Path) -> None:
    (config.parent / "rules" / "one.yaml").write_text(_example("Rules"))
    assert "acme-1" in _example("Rules")
    assert inspect(config).faults == []
