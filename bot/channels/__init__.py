"""How the bot behaves in a channel: what is set, where it is set, and what holds in the end."""
