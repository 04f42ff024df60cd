"""Generative answers: a chat model drafts from numbered passages, and only what they support is said."""
