#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
launch.py BUILDDIR OPTIONS [CLINIC] - a daemon for the browser's tests: in a
directory of its own, unprivileged, on free ports. OPTIONS is JSON, as harness.py
takes them. Prints one line of JSON when it serves, and ends it when standard
input ends.
"""
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from harness import Daemon, EXAMPLE  # noqa: E402

clinic = json.loads(sys.argv[3]) if len(sys.argv) > 3 else EXAMPLE
d = Daemon(json.loads(sys.argv[2]), clinic)
print(json.dumps({"port": d.address[1], "directory": str(d.dir), "socket": str(d.socket), "manager": d.staff()}),
      flush=True)
sys.stdin.read()
d.close()
