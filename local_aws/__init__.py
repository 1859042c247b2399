"""An AWS to rehearse on: MiniStack with a SageMaker service, on this machine only.

It knows AWS's APIs and nothing of any application. `local_aws.launch.LocalAws` starts it from
Python, `python -m local_aws` from a shell.
"""
