"""What Redis runs: both scripts are short, touch only the keys they are given, and reckon in whole microseconds by Redis's clock.

A key holds the microsecond of the epoch at which its bucket will be full, and is gone when it is.
"""

# For each key: ARGV has the interval and the span (both as in `Quota`), and 1 for shadow. Returns for each the microseconds until
# it is full with this request in it; what is more than its span was not drawn, and if that key is not in shadow, none was.
# A moment beyond the span can only come from a clock set back or from a policy that was wider before: it counts as empty.
DRAW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local lags, refused = {}, false
for i, key in ipairs(KEYS) do
  local interval, span = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  local lag = math.min(math.max((tonumber(redis.call('GET', key)) or now) - now, 0), span) + interval
  lags[i] = lag
  refused = refused or (lag > span and ARGV[3 * i] ~= '1')
end
if not refused then
  for i, key in ipairs(KEYS) do
    if lags[i] <= tonumber(ARGV[3 * i - 1]) then
      redis.call('SET', key, string.format('%.0f', now + lags[i]), 'PX', string.format('%.0f', math.ceil(lags[i] / 1000)))
    end
  end
end
return lags
"""

# For each key: ARGV has the interval. Gives one token back; a bucket that is full with it needs no key.
REFUND = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i, key in ipairs(KEYS) do
  local lag = (tonumber(redis.call('GET', key)) or now) - now - tonumber(ARGV[i])
  if lag > 0 then
    redis.call('SET', key, string.format('%.0f', now + lag), 'PX', string.format('%.0f', math.ceil(lag / 1000)))
  else
    redis.call('DEL', key)
  end
end
return 0
"""
