"""Things going wrong between the bot and a chat platform, by chance but repeatably: see `proxy` and `storm`."""
