"""A Slack workspace on loopback: local-slack, and a gate before it that is as strict as Slack."""

from tests.slack_server.gate import Gate
from tests.slack_server.workspace import APP_TOKEN, BINARY, BOT, BOT_TOKEN, MISSING, TEAM, Workspace, serving

__all__ = ["APP_TOKEN", "BINARY", "BOT", "BOT_TOKEN", "MISSING", "TEAM", "Gate", "Workspace", "serving"]
