"""What Redis runs for dynamic rules. Each script is short, touches only keys of one slot, and is bounded in what it keeps.

Times are those of the edges for sanctions, since people and logs have them; Redis's own for counts, so that edges whose clocks
differ count into the same window.
"""

# KEYS: all sanctions (a hash of name to `changed json`), their order (a sorted set by number), the last number. ARGV: name,
# changed, json, room. Takes in what is newer than what is there; where there is no room, those go that were changed first.
TELL = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and tonumber(string.match(known, '^[%d.]+')) >= tonumber(ARGV[2]) then return 0 end
local number = redis.call('INCR', KEYS[3])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
redis.call('ZADD', KEYS[2], number, ARGV[1])
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if over > 0 then
  local oldest = redis.call('ZRANGE', KEYS[2], 0, over - 1)
  redis.call('HDEL', KEYS[1], unpack(oldest))
  redis.call('ZREM', KEYS[2], unpack(oldest))
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, 2678400000) end
return number
"""

# KEYS: as above. ARGV: the last number seen, how many to give at most. Returns the last number there is, and number and json of
# each that is newer, in order.
NEWS = """
local last = tonumber(redis.call('GET', KEYS[3]) or '0')
local seen = tonumber(ARGV[1])
if last == seen then return {last} end
if last < seen then seen = 0 end
local found = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. seen, '+inf', 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[2]))
local news = {last}
for i = 1, #found, 2 do
  news[#news + 1] = found[i + 1]
  news[#news + 1] = string.match(redis.call('HGET', KEYS[1], found[i]) or '', '^[%d.]+ (.*)$') or ''
end
return news
"""

# How both scripts about windows begin: where they are in time, and the loop over keys.
_SLOTS = """
local time = redis.call('TIME')
local width, slots, room = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local slot = math.floor((time[1] * 1000 + math.floor(time[2] / 1000)) / width)
local base = KEYS[1] .. ':'
local here = base .. slot
local full = redis.call('HLEN', here) >= room
local totals = {}
for i = 4, #ARGV, 2 do
"""

# And how they end: what the window holds of the key, and how long the newest slot is needed.
_TOTALS = """
  local total = 0
  for back = 0, slots do total = total + (tonumber(redis.call('HGET', base .. (slot - back), ARGV[i])) or 0) end
  totals[#totals + 1] = total
end
redis.call('PEXPIRE', here, width * (slots + 2))
return totals
"""

# KEYS: the base of a rule's counts. ARGV: milliseconds of a slot, how many whole slots count, room of one slot, then for each key
# its name and the amount. Each slot is a hash; returns what the window holds of each key.
COUNT = (
    _SLOTS
    + """
  if not full or redis.call('HEXISTS', here, ARGV[i]) == 1 then
    redis.call('HINCRBY', here, ARGV[i], ARGV[i + 1])
  end
"""
    + _TOTALS
)

# The same of different things: for each key its name and the thing. A thing counts in the newest slot in which it was seen.
DISTINCT = (
    _SLOTS
    + """
  local thing = ARGV[i] .. ' ' .. ARGV[i + 1]
  if not full and redis.call('HSETNX', here, thing, 1) == 1 then
    redis.call('HINCRBY', here, ARGV[i], 1)
    for back = 1, slots do
      if redis.call('HDEL', base .. (slot - back), thing) == 1 then
        redis.call('HINCRBY', base .. (slot - back), ARGV[i], -1)
      end
    end
  end
"""
    + _TOTALS
)

# KEYS: the base of a rule's counts. ARGV: as above, milliseconds and slots, then the name of a key, which counts from nothing.
RESET = """
local time = redis.call('TIME')
local slot = math.floor((time[1] * 1000 + math.floor(time[2] / 1000)) / tonumber(ARGV[1]))
for back = 0, tonumber(ARGV[2]) do redis.call('HDEL', KEYS[1] .. ':' .. (slot - back), ARGV[3]) end
return 0
"""
