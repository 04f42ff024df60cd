"""The chat side: questions in, cited answers or honest refusals out."""
