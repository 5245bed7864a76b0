"""What a trajectory is worth, for trainers: functions of its turns and its task's reward sheet, without a model."""
