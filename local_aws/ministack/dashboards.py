"""MiniStack's dashboards."""

from ministack.services import cloudwatch


def exists(name: str) -> bool:
    """Whether there is a dashboard of that name."""
    return name in cloudwatch._dashboards


def put(name: str, body: str) -> str:
    """Keep a dashboard; its ARN."""
    return str(cloudwatch.cloudformation_put_dashboard(name, body))


def arn(name: str) -> str:
    """The ARN of a dashboard that exists."""
    return str(cloudwatch._dashboards[name]["DashboardArn"])


def remove(name: str) -> None:
    """Forget a dashboard."""
    cloudwatch.cloudformation_delete_dashboard(name)
