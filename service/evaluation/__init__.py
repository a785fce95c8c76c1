"""How good briefs are, measured on documents that people have summarized."""
