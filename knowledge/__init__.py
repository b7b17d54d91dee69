"""Documents: read, cut into passages, embedded, indexed and searched."""

import os

# LanceDB reads this once, when it is imported; its warnings tell developers of LanceDB about LanceDB.
os.environ.setdefault("LANCEDB_LOG", "error")
