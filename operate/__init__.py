"""The command of the person on call: `python -m operate`.

It looks at a deployed stage, stops what the stage does by itself, and goes back to an earlier
version. It speaks boto3 alone and finds everything by names: those of the stage and the model, the
outputs of their stacks, and the slot.
"""
