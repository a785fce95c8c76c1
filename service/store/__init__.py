"""What is kept: documents with their versions, briefs and their queue, messages, keys and answers."""

from service.store.store import Store

__all__ = ["Store"]
