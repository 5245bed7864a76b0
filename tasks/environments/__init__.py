"""A task and what can be searched for it, turn by turn."""
