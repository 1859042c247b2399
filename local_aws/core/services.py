"""The packages that bring services; importing their modules declares operations and types."""

import importlib
import pkgutil

PACKAGES = (
    "registry",
    "hosting",
    "jobs",
    "pipelines",
    "autoscaling",
    "alarms",
    "scheduling",
    "monitoring",
)


def load() -> None:
    """Import every module that stands directly in a package of services.

    Packages inside them (what runs inside a container, say) are left alone.
    """
    for name in PACKAGES:
        package = importlib.import_module(f"local_aws.{name}")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            if not module.ispkg:
                importlib.import_module(module.name)
