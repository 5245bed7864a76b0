"""What solvers did with a task: kept, judged and taught from."""
