"""The construct."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from mlops_constructs.problems import refuse
from mlops_constructs.retraining.definition import definition
from mlops_constructs.retraining.permissions import RetrainingRole
from mlops_constructs.state_machines import ReconcilingMachine, machine_problems


class Retraining(ReconcilingMachine):
    """Starts a model's pipeline when there is a need for it and its policy allows it.

    A state machine that looks rather than remembers. Each execution looks after one model, and its
    input names it::

        {
          "model": "flight-delay",
          "stage": "dev",
          "group": "dev-flight-delay",
          "endpoint": "dev-flight-delay",
          "pipeline": "dev-flight-delay",
          "slot": "/perennial/dev/flight-delay/slot",
          "alarms": ["dev-flight-delay-data-quality-drift"],
          "policy": {"coolDownHours": 24, "runsPerDay": 2},
          "trigger": "drift",
          "reason": "why somebody thinks so"
        }

    The trigger is one of `drift`, `data`, `schedule`, `person` and `re-check`. Drift and re-check
    only make it look at the alarms; the others ask for a run, and what asks and why becomes the
    run's `Reason`. Beside the slot lie its parameters `retraining/lock`, `retraining/look-again`
    and `retraining/request`.

    The pipeline must have the parameters Reason and DataVersion, and, once there is a champion,
    ChampionPackageArn and ChampionModelUri. Models and endpoint configs carry the tag
    `perennial:endpoint`.

    An execution succeeds with the outcome `started`, `no need`, `waits for approval`, `waits for a
    verdict`, `left to the holder of the lock` or `left to the re-check`, and with `failed`, `error`
    and `cause` when a person is needed and has been told; it fails when nobody could be told. The
    topic hears of runs that were started, once a day of a version whose approval a
    drift waits for, and of failures.

    Args:
        state_machine_name: Its name; rules, schedules and people start it by that.
        slot_prefix: The parameters of all models of the stage lie below it: `/perennial/dev`.
        name_prefix: Pipelines, alarms, endpoints and model package groups begin with it: `dev-`.
        topic: Where people hear of runs and failures.
        key: Encrypts the topic and the log; CloudWatch Logs must be let to use it.

    Attributes:
        state_machine: The machine.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine_name: str,
        slot_prefix: str,
        name_prefix: str,
        topic: sns.ITopic,
        key: kms.IKey,
    ) -> None:
        refuse(machine_problems(state_machine_name, slot_prefix, name_prefix))
        super().__init__(
            scope,
            construct_id,
            state_machine_name=state_machine_name,
            noun="retraining",
            definition=definition(),
            role=lambda machine: RetrainingRole(
                machine,
                "Role",
                state_machine_name=state_machine_name,
                slot_prefix=slot_prefix,
                name_prefix=name_prefix,
                topic=topic,
                key=key,
            ),
            topic=topic,
            key=key,
        )
