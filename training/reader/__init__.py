"""Making the reader: data, training, evaluation. Each file with a `main` is a command; see README.md."""
