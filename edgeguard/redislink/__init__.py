"""One guarded connection to Redis: batched, never waited for longer than asked, and out of the way when Redis is gone."""

from edgeguard.redislink.answer import Unavailable
from edgeguard.redislink.link import RedisLink
from edgeguard.redislink.script import Script

__all__ = ["RedisLink", "Script", "Unavailable"]
