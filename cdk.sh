#!/bin/sh
# The cdk CLI of this project, as .venv/bin/cdk. By itself `cdk diff` asks for a change set, and then leaves out what that does
# not mention: all changes of an endpoint that waits for its first model, among others. cdk.json has no say in it (`method` is
# no setting there, and of CDK_METHOD `cdk deploy` takes other values), but this variable has, and no other command heeds it.
# `cdk diff --method=change-set` still does what it says.
export CDK_CHANGE_SET="${CDK_CHANGE_SET:-false}"
exec "$(dirname "$0")/../../node_modules/.bin/cdk" "$@"
