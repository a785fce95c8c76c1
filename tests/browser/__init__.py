"""The pages in a real browser; the fixtures of this folder live as long as its tests run."""
