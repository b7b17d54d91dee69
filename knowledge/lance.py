"""LanceDB, imported in half the time."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

from pydantic import BaseModel

_CLIENT = "lance_namespace_urllib3_client"
"""What talks to a server of namespaces: hundreds of models and calls that LanceDB imports and a folder never needs."""


def lancedb() -> ModuleType:
    """Return LanceDB; what of it talks to servers is made where it is first used."""
    if "lancedb" in sys.modules or _CLIENT in sys.modules:
        return importlib.import_module("lancedb")
    _defer(_CLIENT)
    before = BaseModel.model_config
    BaseModel.model_config = {**before, "defer_build": True}
    try:
        return importlib.import_module("lancedb")
    finally:
        BaseModel.model_config = before


def _defer(name: str) -> None:
    """Enter a package that is carried out only when it is asked for more than its submodules."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:  # a release of LanceDB without it
        return
    package, loader = importlib.util.module_from_spec(spec), spec.loader

    def carried_out(attribute: str) -> Any:
        if vars(package).pop("__getattr__", None) is None:
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        loader.exec_module(package)
        return getattr(package, attribute)

    vars(package)["__getattr__"] = carried_out
    sys.modules[name] = package
