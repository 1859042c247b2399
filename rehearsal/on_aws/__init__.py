"""The story in a real account: what it takes, a person's word, the play, and the clean-up.

It was never run on AWS. What can be tested without an account is tested against the local AWS.
"""

from argparse import ArgumentParser


def add_options(parser: ArgumentParser) -> None:
    """What a person may say about it on the command line."""
    parser.add_argument(
        "--target", choices=("local", "aws"), default="local",
        help="where: the local AWS, or a real account, after it has asked",
    )  # fmt: skip
    real = parser.add_argument_group("on AWS")
    real.add_argument("--profile", help="of the AWS configuration")
    real.add_argument("--region", help="by default the environment's or the profile's")
    real.add_argument("--yes", metavar="ACCOUNT", help="the account's number, for a script")
    real.add_argument(
        "--clean-up", action="store_true", help="delete what an earlier rehearsal has left"
    )
