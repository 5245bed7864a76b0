"""Question files of any kind, and what answers to them are worth."""
