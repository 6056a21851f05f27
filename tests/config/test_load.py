from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from edgeguard.config import Config, ConfigError, digest, load_config, load_config_text
from edgeguard.config.bundled import bundled
from edgeguard.config.document import LARGEST, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Load = Callable[..., Config]

EXAMPLE = bundled("config") / "edgeguard.yaml"


def keys_of(annotation: Any, place: str = "") -> Iterator[str]:
    """Every key of the model, with the sections around it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            yield f"{place}.{name}"
            yield from keys_of(field.annotation, f"{place}.{name}")
    elif get_origin(annotation) is not dict:  # whose keys people make up
        for member in getattr(annotation, "__args__", ()):
            yield from keys_of(member, place)


def keys_in(value: object, place: str = "") -> Iterator[str]:
    """Every key of a file, in the same form."""
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield f"{place}.{name}"
        yield from keys_in(inner, f"{place}.{name}")
    for inner in value if isinstance(value, list) else ():
        yield from keys_in(inner, place)


def uncommented(text: str) -> str:
    """The example with every optional key in use: `#key` without a blank is one."""
    lines = text.splitlines()
    lines = [
        line.replace("#", "", 1) if line.lstrip().startswith("#") and line.lstrip()[1:2] not in ("", " ") else line
        for line in lines
    ]
    used = "\n".join(lines)
    for empty in ("accounts: []", "routes: []", "exclusions: []", "packs: {}"):
        used = used.replace(empty, empty[:-3])
    return used


def test_the_example_is_the_defaults(load: Load, minimum: str, tmp_path: Path) -> None:
    example = load(EXAMPLE.read_text())
    assert example == load(minimum)
    assert load_config(EXAMPLE).listeners == example.listeners


def test_the_example_has_every_key() -> None:
    shown = read_document(uncommented(EXAMPLE.read_text()), "e.yaml", {"REDIS_URL": "redis://a"}).value
    missing = set(keys_of(Config)) - set(keys_in(shown)) - {".origin.urls", ".identity.key"}  # url and key_file stand for them
    assert missing == set(), "a key of the model must be shown in config/edgeguard.yaml, with its default"


def test_the_examples_optional_keys_load_as_well(certify: Callable[..., None], tmp_path: Path) -> None:
    certify("certificate")
    (tmp_path / "certificate.key").rename(tmp_path / "key.pem")
    for authority in ("origin-ca.pem", "redis-ca.pem"):
        (tmp_path / authority).write_bytes((tmp_path / "certificate.pem").read_bytes())
    for name in ("identity.key", "tokens.yaml", "jwt.pem", "crs-setup.conf", "samples.key"):
        (tmp_path / name).touch()
    for name in ("rules", "coreruleset", "seclang", "dynamic"):
        (tmp_path / name).mkdir()
    (tmp_path / "seclang" / "local.conf").touch()
    config = load_config_text(uncommented(EXAMPLE.read_text()), "e.yaml", tmp_path, {"REDIS_URL": "redis://a"})
    assert len(config.listeners) == 2
    assert len(config.identity.accounts) == 6
    assert config.routes[0].body == 100 * 1024**2
    assert config.waf.crs is not None
    assert config.waf.crs.exclusions[0].targets == ["ARGS:body"]
    assert config.waf.exclusions[0].rules == ["eg-1101", 942100]
    assert config.waf.packs["a03-sql"].sensitivity == "strict"
    assert config.routes[0].waf is not None
    assert config.routes[0].waf.packs["a03-sql"].mode == "enforce"
    assert config.waf.seclang == [str(tmp_path / "seclang" / "local.conf")]
    assert config.redis is not None
    assert config.redis.url.get_secret_value() == "redis://a"
    assert {type(source).__name__ for source in config.identity.accounts} == {
        "FromToken", "FromJWT", "FromCookie", "FromHeader", "FromHostLabel", "FromPathSegment",
    }  # fmt: skip


def test_a_file_by_its_path(tmp_path: Path, minimum: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "edge.yaml").write_text("\ufeff" + minimum + "identity: {key: '${EDGE_KEY}'}\n")
    monkeypatch.setenv("EDGE_KEY", "hunter2hunter2")
    monkeypatch.chdir(tmp_path)
    config = load_config(Path("edge.yaml"))
    assert config.identity.key is not None
    assert config.identity.key.get_secret_value() == "hunter2hunter2"
    assert config.waf.rules[-1] == str(tmp_path / "rules")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a: 1\nb: \xff\n", ":2: the file is not in UTF-8"),
        (b"#" * (LARGEST + 1), f":1: the file is larger than {LARGEST} bytes"),
        (b"", ":1: the file lacks the key 'listeners'; write it like `listeners: [{address: 0.0.0.0, port: 8080}]`"),
    ],
)
def test_files_that_are_none(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "edge.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value.faults[0]) == f"{path}{told}"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.yaml", tmp_path):
        with pytest.raises(ConfigError, match="the file can't be read"):
            load_config(path)


def test_all_faults_come_at_once_by_line(faults: Callable[..., list[str]]) -> None:
    told = faults("""listeners: [{port: 99999}]
origin: {url: http://a, host: nobody}
admin: {port: '${GONE}'}
identity: {key_file: gone, trusted: []}
workers: 1
workers: 2
""")
    assert [line.split(":", maxsplit=1)[0] for line in told] == ["1", "2", "3", "4", "4", "6"]


def test_an_empty_section_is_left_to_its_defaults(load: Load, minimum: str) -> None:
    assert load(minimum + "waf:\nroutes:\nredis:\nidentity: # nothing yet\n") == load(minimum)


def test_numbers_from_the_environment(load: Load, minimum: str) -> None:
    config = load(minimum + "admin: {port: '${PORT}'}\nworkers: ${N}\nwire: {body: '${SIZE}'}\n", PORT="9000", N="3", SIZE="2MiB")
    assert (config.admin.port, config.workers, config.wire.body) == (9000, 3, 2 * 1024**2)


def test_off_is_a_word(load: Load, minimum: str) -> None:
    assert load(minimum + "waf: {mode: off}\n").waf.mode == "off"


@given(st.text(alphabet="ab:-{}[],'\"#&*!|>%@ \n\t${}0", max_size=80))
def test_whatever_stands_there_its_faults_are_told(text: str) -> None:
    with pytest.raises(ConfigError) as caught:  # eighty such characters hold no listener
        load_config_text(text, "e.yaml", Path("/nowhere"), {})
    assert all(fault.line >= 1 and fault.text for fault in caught.value.faults)


@given(
    st.dictionaries(
        st.sampled_from([*Config.model_fields, "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers(-9, 99999) | st.text("ab/*", max_size=4),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["port", "tls", "key", "accounts", "rules", "token", "jwt", "url", "policies"]),
                    inner,
                    max_size=3,
                )
            ),
            max_leaves=12,
        ),
    )
)
def test_whatever_shape_it_has_its_faults_are_told(value: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config_text(json.dumps({"zzz": 1, **value}), "e.yaml", Path("/nowhere"), {})
    assert "unknown key 'zzz'" in str(caught.value)


def test_the_digest_tells_configurations_apart_but_no_secrets(load: Load, minimum: str) -> None:
    first = digest(load(minimum))
    assert len(first) == 64
    assert first == digest(load("origin:\n  url: http://127.0.0.1:8055\nlisteners:\n  - port: 8080\n"))
    assert first != digest(load(minimum + "workers: 2\n"))
    assert digest(load(minimum + "identity: {key: aaaaaaaaaaaa}\n")) == digest(load(minimum + "identity: {key: bbbbbbbbbbbb}\n"))
