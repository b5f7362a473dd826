#!/usr/bin/env bash
# Files that go from PyTorch for Python to xgrad and back, with the PyTorch of Debian (python3-torch, python3-numpy):
# tests/live/run.sh

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source cmake/setup.sh

install_packages python3-torch python3-numpy
build_target live_run
PYTHONPATH=tests/golden /usr/bin/python3 tests/live/pytorch_files.py "$xgrad_build/tests/live/live_run"
