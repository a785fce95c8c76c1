"""Where sources differ: one file a kind of difference, and one that asks them all."""
