"""YAML as values that know their line; see `config.yaml_items`, from which other rooms take them, too."""

from __future__ import annotations

from edgeguard.config.yaml_items import Item, read_items

__all__ = ["Item", "read_items"]
