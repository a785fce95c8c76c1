"""Speed and memory, measured as ratios; run by hand, never by the tests."""
