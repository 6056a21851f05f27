"""Scripts that mitmproxy's own environment runs. They import nothing of EdgeGuard, and EdgeGuard imports none of them."""
