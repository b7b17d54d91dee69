"""Pictures of what people see in Slack: asked for by people, answered by the real bot, taken of a web page."""
