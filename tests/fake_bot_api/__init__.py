"""A strict stand-in for Telegram's Bot API: one core, behind an in-memory request and behind HTTP on loopback."""
