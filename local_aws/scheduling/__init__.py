"""EventBridge Scheduler: schedules that fire on the virtual clock, their groups and targets."""
