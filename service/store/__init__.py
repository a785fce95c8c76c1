"""What is kept: documents with their articles, and briefs with their place in the queue."""
