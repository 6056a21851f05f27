"""The configuration: one YAML file as typed, frozen values, or every fault in it with its line."""

from edgeguard.config.faults import ConfigError, ConfigFault
from edgeguard.config.load import digest, load_config, load_config_text
from edgeguard.config.model import Config

__all__ = ["Config", "ConfigError", "ConfigFault", "digest", "load_config", "load_config_text"]
