"""LanceDB is imported without its client of namespaces, which is there once somebody asks for it."""

import subprocess
import sys

CODE = """
import sys
from pydantic import BaseModel
from knowledge.lance import lancedb

found = lancedb()
print(found is sys.modules["lancedb"] is lancedb(), "lance_namespace_urllib3_client.api" in sys.modules)
print(BaseModel.model_config)

import lance_namespace_urllib3_client as client
from lance_namespace_urllib3_client.models import JsonArrowDataType

print(JsonArrowDataType(type="int32").type, hasattr(client, "nothing"), client.ApiClient().configuration is not None)
"""


def test_what_talks_to_servers_is_made_when_it_is_first_used() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["True False", "{}", "int32 False True"]
