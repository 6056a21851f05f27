"""What `process.Origin` starts: `python -m edgeguard.demo FD PARENT`."""

from __future__ import annotations

import socket
import sys

from edgeguard.demo.process import die_with, run_origin

if __name__ == "__main__":
    die_with(int(sys.argv[2]))
    run_origin(socket.socket(fileno=int(sys.argv[1])))
