"""A model from the hub is downloaded on command, through the hub's own protocol, and then found."""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.generation.models import find_model

ROOT = Path(__file__).resolve().parents[3]
NAME = "hub:owner/repository/folder/small.gguf"
CONTENT = b"GGUF" + (3).to_bytes(4, "little") + bytes(24)


class Hub(BaseHTTPRequestHandler):
    """The one address of the hub that a download of one file needs."""

    def do_HEAD(self) -> None:
        known = self.path == "/owner/repository/resolve/main/folder/small.gguf"
        self.send_response(200 if known else 404)
        if known:
            self.send_header("ETag", f'"{hashlib.sha256(CONTENT).hexdigest()}"')
            self.send_header("X-Repo-Commit", "0" * 40)
            self.send_header("Content-Length", str(len(CONTENT)))
        else:
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        if self.path.endswith("small.gguf"):
            self.wfile.write(CONTENT)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def prepare(name: str, models_dir: Path, hub: str) -> subprocess.CompletedProcess[str]:
    """Prepare a model in a process of its own: the hub's address is read when its library is imported."""
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "time.sleep = lambda seconds: None\n"  # its library waits longer and longer for a hub out of reach
        "from bot.generation.models import prepare_model\n"
        "from knowledge.errors import FrontdeskError\n"
        "try:\n"
        "    made = prepare_model(sys.argv[1], Path(sys.argv[2]), form='as-it-comes', download=True, progress=print)\n"
        "    print(made.path)\n"
        "except FrontdeskError as error:\n"
        "    sys.exit(str(error))\n"
    )
    environment = os.environ | {"HF_ENDPOINT": hub, "HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0"}
    environment["TQDM_POSITION"] = "-1"  # a bar also where standard error is no terminal
    command = [sys.executable, "-c", program, name, str(models_dir)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


def test_a_model_of_the_hub_is_downloaded_once_and_kept(hub: str, tmp_path: Path) -> None:
    result = prepare(NAME, tmp_path, hub)
    assert result.returncode == 0, result.stderr
    path = find_model(NAME, tmp_path)
    assert path.read_bytes() == CONTENT
    assert result.stdout.splitlines() == ["Downloading folder/small.gguf from owner/repository.", str(path)]
    assert "small.gguf" in result.stderr, "the progress bar"


def test_a_file_that_the_hub_does_not_have_is_a_sentence(hub: str, tmp_path: Path) -> None:
    result = prepare("hub:owner/repository/other.gguf", tmp_path, hub)
    assert result.returncode == 1
    assert "The hub gives no file other.gguf in owner/repository." in result.stderr
    assert "Traceback" not in result.stderr


def test_a_hub_out_of_reach_is_a_sentence(tmp_path: Path) -> None:
    result = prepare(NAME, tmp_path, "http://127.0.0.1:9")
    assert result.returncode == 1
    assert "the hub cannot be reached" in result.stderr
    assert "Traceback" not in result.stderr
