"""Programs of others in environments of their own, made on first use in the user's cache folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def program(name, version):
    """The path of a program of a Python package."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "vigil" / f"{name}-{version}-python{sys.version_info.major}.{sys.version_info.minor}"
    if not (folder / "ready").exists():
        print(f"# installing {name}=={version} into {folder} (once)", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        for command in (["bash", "-euc", ". deploy/dev/settings.sh; . deploy/dev/packages.sh; install_packages python3-venv"],
                        [sys.executable, "-m", "venv", folder], [folder / "bin" / "pip", "install", "--quiet", f"{name}=={version}"]):
            done = subprocess.run([*map(str, command)], capture_output=True, text=True, cwd=PROJECT, env=os.environ | {"VIGIL_HOME": str(PROJECT)})
            if done.returncode:
                raise RuntimeError(f"{name} cannot be installed: {(done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]}")
        (folder / "ready").touch()
    return folder / "bin" / name
