"""The weights that come with Citebot, and their one loader."""
