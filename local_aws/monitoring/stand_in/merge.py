"""The merge of captured data with ground truth, by inference id or else by event id.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
Names and members of the files are those of published runs, see assumptions.toml.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from local_aws.monitoring.stand_in import transforms
from local_aws.monitoring.stand_in.job import Job
from local_aws.monitoring.stand_in.records import Record, files, lines, read


def run(job: Job) -> None:
    """Write each captured record with its label, in folders like those it was found in."""
    source, target = job.path("dataset_source"), job.path("output_path")
    truth: dict[str, list[Record]] = defaultdict(list)
    for _, record in read(job.path("ground_truth_source")):
        truth[str(record["eventMetadata"]["eventId"])].append(record["groundTruthData"])
    found: dict[Path, list[Record]] = defaultdict(list)
    for path, record in _captured(source):
        for label in truth.get(identifier(record), ()):
            found[path.parent.relative_to(source)].append(merged(record, label))
    for folder, records in found.items():
        (target / folder).mkdir(parents=True, exist_ok=True)
        text = "".join(f"{json.dumps(each, separators=(',', ':'))}\n" for each in records)
        (target / folder / f"part-00000-{uuid.uuid4()}.c000.jsonl").write_text(text)
    print(f"Merged {sum(map(len, found.values()))} records.")


def identifier(record: Record) -> str:
    """What a captured record is matched by: its inferenceId if it has one, else its eventId."""
    metadata = record["eventMetadata"]
    return str(metadata.get("inferenceId") or metadata["eventId"])


def merged(record: Record, label: Record) -> Record:
    """A captured record with its label."""
    return {
        "eventVersion": record.get("eventVersion", "0"),
        "groundTruthData": label,
        "captureData": record["captureData"],
        "eventMetadata": record["eventMetadata"],
    }


def _captured(source: Path) -> Iterator[tuple[Path, Record]]:
    """Captured exchanges of an endpoint, or the outputs of batch transforms, with their files."""
    for path in files(source):
        if path.suffix == ".jsonl":
            yield from ((path, record) for record in lines(path))
        else:
            # A file of a transform lies in a folder of its own below that of its hour.
            yield from ((path.parent, record) for record in transforms.outputs(path))
