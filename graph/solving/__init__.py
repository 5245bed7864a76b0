"""Many trajectories: which are wanted, where they go, and what they come to."""
