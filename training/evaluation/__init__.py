"""How good the reader in the box is, on questions that no part of training or tuning has seen."""
