"""SageMaker hosting: models, endpoint configs, endpoints that serve, and their runtime."""
