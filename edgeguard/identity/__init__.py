"""Who asks: addresses behind trusted proxies, accounts by credential, and the fields that only proxies may set."""

from edgeguard.identity.account import Identifier
from edgeguard.identity.credential import hash_token, read_key
from edgeguard.identity.forwardable import ForwardFilter
from edgeguard.identity.networks import NetworkSet

__all__ = ["ForwardFilter", "Identifier", "NetworkSet", "hash_token", "read_key"]
