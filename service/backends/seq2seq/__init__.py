"""Drafting with encoder-decoder models of transformers, from local folders or the hub's cache."""
