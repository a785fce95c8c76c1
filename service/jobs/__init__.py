"""From a request to a finished brief: preparing, accepting, running, recovering."""
