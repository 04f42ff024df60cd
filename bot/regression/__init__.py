"""Question sets: what an assistant should answer, asked, measured, and compared with what it answered before."""
