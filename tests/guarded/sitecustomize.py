"""Blocks the network in child processes too: tests put this folder on their PYTHONPATH."""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location(
    "_network", Path(__file__).resolve().parent.parent / "network.py"
)
assert _spec
assert _spec.loader
_network = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_network)
_network.block()
