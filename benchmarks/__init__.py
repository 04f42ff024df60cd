"""Speed, memory and scale, printed as tables; never a gate."""
