"""AWS CDK constructs for machine-learning models on Amazon SageMaker."""
