"""Making briefs: who is told of one, who takes it, and who is there to do so."""
