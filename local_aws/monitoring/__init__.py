"""SageMaker Model Monitor: job definitions, and schedules that run on the virtual clock."""
