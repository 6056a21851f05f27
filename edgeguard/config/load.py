"""From a YAML file to the typed configuration, or to every fault in it at once.

The steps stand in order in `load_config_text`. Each is a module beside this one: `document` reads, `files` looks at the
files that are named, `model` judges, `wording` explains.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING

from pydantic import ValidationError

from edgeguard.config.document import LARGEST, read_document
from edgeguard.config.faults import ConfigError, ConfigFault
from edgeguard.config.files import default_dynamic, default_rules, settle_paths
from edgeguard.config.model import Config
from edgeguard.config.wording import explain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def load_config(path: Path) -> Config:
    """Read a configuration file. Relative paths in it start at its folder; `${NAME}` is taken from the environment.

    Raises:
        ConfigError: with every fault; also where the file can't be read.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError([ConfigFault(name, 1, 1, f"the file can't be read: {error.strerror or error}")]) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError([ConfigFault(name, line, 1, "the file is not in UTF-8")]) from None
    return load_config_text(text, name, path.absolute().parent)


def load_config_text(text: str, name: str, base: Path, environment: Mapping[str, str] | None = None) -> Config:
    """Read a configuration from YAML.

    Args:
        text: the YAML.
        name: what faults call it.
        base: the absolute folder that relative paths start at.
        environment: for `${NAME}`; the process's own by default.

    Raises:
        ConfigError: with every fault.
    """
    document = read_document(text, name, os.environ if environment is None else environment)
    if document.value is None:
        document.value = {}
    if isinstance(document.value, dict):
        # A section whose keys are all commented out is empty, which means that it is left to its defaults.
        document.value = {key: value for key, value in document.value.items() if value is not None}
    settle_paths(document, base)
    config: Config | None = None
    try:
        config = Config.model_validate(document.value)
    except ValidationError as error:
        explain(error, document)
    if document.faults or config is None:
        raise ConfigError(document.faults)
    if "rules" not in config.waf.model_fields_set:
        waf = config.waf.model_copy(update={"rules": default_rules(base)})
        config = config.model_copy(update={"waf": waf})
    if "rules" not in config.dynamic.model_fields_set:
        dynamic = config.dynamic.model_copy(update={"rules": default_dynamic(base)})
        config = config.model_copy(update={"dynamic": dynamic})
    return config


def digest(config: Config) -> str:
    """SHA-256 in hex of everything that is configured, defaults included and secrets left out.

    For people and metrics to tell configurations apart. Secrets and the content of named files do not count, so that it
    gives nothing away; it can't tell whether a reload has something to do.
    """
    content = config.model_dump(mode="json", round_trip=False)
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
