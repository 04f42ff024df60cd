"""Templates for the generative reader, and the words of refusals."""
