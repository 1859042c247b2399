"""Snapshots of templates for the tests of any CDK app: the pytest fixture `template_snapshot`.

Needs the extra `testing`. Nothing that is deployed imports this; it imports CDK only once it is
given something of CDK's, and syrupy only once a test asks for the fixture.
"""

from mlops_constructs.testing.template_snapshot import TemplateSnapshot

__all__ = ["TemplateSnapshot"]
