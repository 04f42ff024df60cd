"""Conversation: turns, follow-ups made whole by rules, and what people say that is no question.

Places (the terminal, Telegram, regression runs) talk to `Dialogue`, which talks to the assistant.
"""
