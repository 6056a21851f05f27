from __future__ import annotations

from pathlib import Path

from small_rule_set import lay_out

from edgeguard.cli.inspection import inspect
from edgeguard.config.bundled import bundled

README = Path(__file__).parents[2] / "README.md"


def test_nothing_is_wrong_with_a_good_one(config: Path) -> None:
    findings = inspect(config)
    assert findings.faults == []
    summary = dict(findings.summary)
    assert summary["limits"] == "account, address"
    assert summary["waf"] == "enforce"
    assert summary["rules"] == f"1 from {config.parent / 'rules'}; those of EdgeGuard are not among them"


def test_the_rules_of_edgeguard_are_told_by_their_folder(config: Path) -> None:
    config.write_text(config.read_text().replace("[rules]", f'[rules, "{bundled("rules")}"]'))
    assert str(bundled("rules")) in dict(inspect(config).summary)["rules"]
    assert "not among" not in dict(inspect(config).summary)["rules"]


def test_it_says_who_counts(config: Path) -> None:
    text = config.read_text()
    config.write_text(text.replace("workers: 1", "workers: 2"))
    assert dict(inspect(config).summary)["limits"] == "account, address; each worker counts for itself"
    config.write_text(f"{text}limits: {{store: redis}}\nredis: {{url: redis://127.0.0.1:1}}\n")
    assert dict(inspect(config).summary)["limits"] == "account, address; counted in Redis"
    config.write_text(f"{text}limits: {{policies: []}}\n")
    assert dict(inspect(config).summary)["limits"] == "none"


def test_a_fault_of_a_key_or_a_token_is_told_without_advice_for_developers(config: Path) -> None:
    (config.parent / "identity.key").write_text("short")
    (fault,) = inspect(config).faults
    assert fault == f"{config.parent / 'identity.key'} holds 5 bytes; a key has 12 or more, at random"


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


def test_scripts_are_told_with_what_is_active_in_them(config: Path) -> None:
    tree = lay_out(config.parent)
    (config.parent / "my.conf").write_text("SecAuditLog /x\n")
    config.write_text(config.read_text().replace("{rules: [rules]}", "{rules: [rules], seclang: [my.conf], crs: {path: crs}}"))
    findings = inspect(config)
    assert findings.faults == []
    told = f"10 rules of SecLang from {config.parent / 'my.conf'}, {tree}, 3 of them active"
    assert dict(findings.summary)["seclang"] == f"{told}; 1 note (edgeguard rules lint shows them)"


def test_without_scripts_nothing_is_said_of_them(config: Path) -> None:
    assert "seclang" not in dict(inspect(config).summary)
