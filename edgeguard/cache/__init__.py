"""The shared HTTP cache (RFC 9111): memory in each worker, over Redis for all of them.

`policy`, `control`, `dates`, `conditional`, `vary` and `stored` are pure; only `coalesce` and `redistier` know the event loop.
"""
