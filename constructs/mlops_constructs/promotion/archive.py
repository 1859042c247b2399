"""Where each request names an archive: bringing one to where the endpoint finds it, and asking it.

What serves is the version that the slot names, which is what those who ask read. A version is
promoted by copying its archive beside the others, asking it the probe, and then putting the slot;
one that can't be copied or does not answer is stamped as rolled back, and the slot stays. An
archive that somebody deleted is brought back in the same way.
https://docs.aws.amazon.com/sagemaker/latest/dg/add-models-to-endpoint.html
"""

from mlops_constructs.serving.archive_probe import probe_name
from mlops_constructs.state_machines.failures import failure
from mlops_constructs.state_machines.served import archive_of
from mlops_constructs.state_machines.states import (
    PATIENT_RETRIES,
    State,
    call,
    choose,
    invoke,
    jsonata,
    or_else,
    wait,
    when,
)

LOOK = "Look for its archive"
ASK = "Is its archive there?"
PROBE = "Ask it the probe"
TAKE_BACK = "Read the rolled back version"

ASKS = 3
SECONDS = 20
"""How often, and how far apart, an archive that answers with an error is asked, before it is taken
back: the first request loads it, which may fail for other reasons than its own."""

LARGEST = 5 * 1024**3
"""Bytes that one CopyObject can copy.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""


NO_URL = "'s3://'"

BUCKET, PREFIX = (
    f"{part}($substringAfter($stack.archives, 's3://'), '/')"
    for part in ("$substringBefore", "$substringAfter")
)
"""In JSONata, where archives lie."""

KEY = f"{PREFIX} & {archive_of('$goal.package')}"
"""In JSONata, where that of the version lies which should serve."""


def archive() -> dict[str, State]:
    """From `LOOK` to the comparison, and from `ASK` to another round or to the stamp."""
    return _look() | _source() | _copy() | _probe()


def _look() -> dict[str, State]:
    there = f"$goal.package = 'NONE' or {KEY} in $states.result.Contents.Key"
    return {
        LOOK: choose(
            failure(
                "$stack.archives = 'NONE'",
                "Promotion.NoArchives",
                "'Stack ' & $target.stack & ' does not say where archives lie; deploy it'",
            ),
            otherwise="List its archive",
        ),
        # A list of one: a key that is not there is a normal case, not an error.
        "List its archive": call(
            "s3",
            "listObjectsV2",
            {"Bucket": jsonata(BUCKET), "Prefix": jsonata(KEY), "MaxKeys": 1},
            assign={"archived": jsonata(there)},
            then="Does it serve what it should?",
        ),
    }


def _source() -> dict[str, State]:
    containers = "$states.result.InferenceSpecification.Containers"
    return {
        ASK: choose(when("$archived", PROBE, {"asked": 0}), otherwise="Read where its archive is"),
        "Read where its archive is": call(
            "sagemaker",
            "describeModelPackage",
            {"ModelPackageName": jsonata("$goal.package")},
            assign={
                "source": jsonata(
                    f"$count({containers}) = 1 ? $substringAfter("
                    f"{or_else(f'{containers}[0].ModelDataUrl', NO_URL)}, 's3://') : ''"
                )
            },
            then="Is it one archive?",
        ),
        "Is it one archive?": choose(
            when(
                "$not($contains($source, /\\.tar\\.gz$/))",
                TAKE_BACK,
                {
                    "failing": "It is not one container with one archive, as a multi-model endpoint"
                    " takes it"
                },
            ),
            otherwise="Measure its archive",
        ),
    }


def _copy() -> dict[str, State]:
    too_large = (
        "'Its archive has ' & $string($size) & ' bytes; no more than"
        f" {LARGEST} can be copied beside the others'"
    )
    return {
        "Measure its archive": call(
            "s3",
            "headObject",
            {
                "Bucket": jsonata("$substringBefore($source, '/')"),
                "Key": jsonata("$substringAfter($source, '/')"),
            },
            assign={"size": jsonata("$states.result.ContentLength")},
            then="Can it be copied?",
        ),
        "Can it be copied?": choose(
            when(f"$size > {LARGEST}", TAKE_BACK, {"failing": jsonata(too_large)}),
            otherwise="Copy its archive",
        ),
        "Copy its archive": call(
            "s3",
            "copyObject",
            {
                "Bucket": jsonata(BUCKET),
                "Key": jsonata(KEY),
                "CopySource": jsonata("$source"),
                # Copying the tags of an object as well takes permissions of its own.
                "TaggingDirective": "REPLACE",
            },
            assign={"archived": True, "asked": 0},
            then=PROBE,
        ),
    }


def _probe() -> dict[str, State]:
    answered = "$states.result.Payload.answered"
    why = "'Asked the probe, it said: ' & $said"
    return {
        # What is busy, still loading or throttled fails the function, and is asked again.
        PROBE: invoke(
            f"$target.endpoint & '{probe_name('')}'",
            {"archive": jsonata(archive_of("$goal.package"))},
            assign={
                "answers": jsonata(answered),
                "said": jsonata("$states.result.Payload.said"),
                "asked": jsonata("$asked + 1"),
                "probed": jsonata(f"{answered} ? $goal.package : 'NONE'"),
            },
            retries=PATIENT_RETRIES,
            then="Does it answer?",
        ),
        # Another round first: copying and loading last, and it may have been rejected meanwhile.
        "Does it answer?": choose(
            when("$answers", "Read the stack"),
            when(f"$asked >= {ASKS}", TAKE_BACK, {"failing": jsonata(why)}),
            otherwise="Wait to ask it again",
        ),
        "Wait to ask it again": wait(SECONDS, then=PROBE),
    }
