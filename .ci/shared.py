"""What several scripts here share: packages of PyPI and npm apart from this host's, a free port, waiting for
a server, and the environment of a run."""

import pathlib
import socket
import subprocess
import sys
import tarfile
import time
import venv


# No API of AWS and no instance metadata: whoever asks is refused at loopback.
NOBODY = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9",
}
# The environment of a run that depends on nothing of this host.
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **NOBODY}


def python_with(folder, *packages, module=None):
    """The Python of a virtual environment in the folder with these packages. One that has the module already stays as it is."""
    python = pathlib.Path(folder) / "bin" / "python"
    has = module and python.exists() and not subprocess.run([python, "-c", f"import {module}"], capture_output=True).returncode
    if not has:
        venv.create(folder, with_pip=True)
        # Most modules are never imported, and compiling them takes as long as all the rest.
        options = ["--quiet", "--disable-pip-version-check", "--no-compile"]
        subprocess.run([python, "-m", "pip", "install", *options, *packages], check=True)
    return python


def importable(python):
    """Lets this program import what that Python has; returns the folder of its programs."""
    sys.path[:0] = [str(path) for path in python.parent.parent.glob("lib/python*/site-packages")]
    return python.parent


def of_npm(folder, package):
    """The files of a package of npm, such as axe-core@4.14.1, in the folder; nothing of it is run."""
    folder = pathlib.Path(folder)
    packed = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    place = folder / package.split("@")[0]
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        # Python 3.11.4 and later refuse what would leave the folder.
        archive.extractall(place, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return place / "package"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_open(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def waited(what, tell, seconds=30):
    """What `tell` gives as soon as it gives anything."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = tell()
        if found:
            return found
        time.sleep(0.1)
    return sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {what}: not within {seconds} s")
