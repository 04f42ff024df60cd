"""Readers: question and hits in, candidate spans out. Any extractive question-answering model, by its name."""
