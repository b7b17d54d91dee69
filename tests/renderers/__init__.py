"""Hostile Markdown, and what must hold of whatever the renderers of Slack and Discord make of it."""

from tests.renderers.hostile import hostile_answer, hostile_text
from tests.renderers.rules import broken_rules

__all__ = ["broken_rules", "hostile_answer", "hostile_text"]
