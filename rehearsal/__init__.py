"""One story, played with the cdk CLI and boto3 on an AWS: the local one, with no account."""
