"""What can go wrong with a model's files. This package imports no other of Citebot's: they wrap its one error."""

from __future__ import annotations


class ModelFilesError(Exception):
    """A model's file is missing, damaged or does not fit. The message names the file and the next step."""
