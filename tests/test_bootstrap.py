"""`make dev`: two at once build the environment once; a killed one holds nobody up."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Stands in for uv: writes down what it is asked, and makes what the script looks for.
UV = """#!/bin/sh
[ "$1" = --version ] && exit 0
echo "$1 $2" >>asked
if [ "$1" = venv ]; then
    sleep "${SLOW:-1}"
    mkdir -p .venv/bin
    for name in python liti; do
        printf '#!/bin/sh\\n' >.venv/bin/$name
        chmod +x .venv/bin/$name
    done
fi
"""


@pytest.fixture
def checkout(tmp_path):
    for name in ("tools", "requirements", ".uv/bin"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "bootstrap.sh", tmp_path / "tools")
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "requirements" / "dev.txt").write_text("a\n")
    uv = tmp_path / ".uv" / "bin" / "uv"
    uv.write_text(UV)
    uv.chmod(0o755)
    return tmp_path


def begin(checkout, **environment):
    return subprocess.Popen(
        ["sh", "tools/bootstrap.sh", "dev"],
        cwd=checkout,
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def asked(checkout):
    file = checkout / "asked"
    return file.read_text().splitlines() if file.exists() else []


def test_the_second_of_two_waits_says_so_and_finds_all_made(checkout):
    first = begin(checkout)
    while not asked(checkout):
        time.sleep(0.02)
    second = begin(checkout)
    _none, said = second.communicate(timeout=60)
    assert second.returncode == 0
    assert said.startswith(f"another make builds .venv (process {first.pid} since 20")
    first.communicate(timeout=60)
    assert first.returncode == 0
    assert asked(checkout) == ["venv -q", "pip install", "pip install"]


def test_a_killed_one_holds_nobody_up(checkout):
    first = begin(checkout, SLOW="60")
    while not asked(checkout):
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=10)
    second = begin(checkout)
    _none, said = second.communicate(timeout=60)
    assert second.returncode == 0
    assert "another make" not in said
    assert asked(checkout)[1:] == ["venv -q", "pip install", "pip install"]
