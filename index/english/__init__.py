"""Word lists of English, each in one place, for whatever reads articles or questions. It imports nothing of Citebot."""
