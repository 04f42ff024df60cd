"""The terminal chat: prompt, slash commands, rendering. Only here are prompt_toolkit and rich imported for it."""
