"""Questions that solvers tried, and the runs that made them, made again and gone on with."""
