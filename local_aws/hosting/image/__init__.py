"""What runs inside a serving container: the HTTP contract and the user's functions.

It stands in for AWS's XGBoost image in script mode and imports nothing of the rest of local_aws.
"""
