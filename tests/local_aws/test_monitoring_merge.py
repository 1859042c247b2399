"""The merge of captured data with ground truth."""

import json
from pathlib import Path
from typing import Any

from local_aws.monitoring.stand_in import merge
from local_aws.monitoring.stand_in.job import Job
from tests.local_aws.stand_in_jobs import HOUR, line, put


def truth(event: str, label: str) -> dict[str, Any]:
    """A line of ground truth, as on model-monitor-model-quality-merge.html."""
    return {
        "groundTruthData": {"data": label, "encoding": "CSV"},
        "eventMetadata": {"eventId": event},
        "eventVersion": "0",
    }


def merged(tmp_path: Path, captured: list[dict[str, Any]], *truths: dict[str, Any]) -> list[Any]:
    put(tmp_path / "data", captured)
    folder = tmp_path / "truth" / "2021/05/18/00"
    folder.mkdir(parents=True)
    (folder / "2910.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in truths))
    names = {"dataset_source": "data", "ground_truth_source": "truth", "output_path": "merged"}
    variables = {name: str(tmp_path / folder) for name, folder in names.items()}
    merge.run(Job(variables=variables, opt_ml=tmp_path))
    found = sorted((tmp_path / "merged").rglob("*.jsonl"))
    return [json.loads(each) for path in found for each in path.read_text().splitlines()]


def test_a_captured_line_and_its_label_become_one_line(tmp_path: Path) -> None:
    """Members, order and place as in published runs: a notebook's merged record and its file,
    merge/<endpoint>/AllTraffic/2024/01/19/20/part-00000-<uuid>.c000.jsonl
    (github.com/aws/amazon-sagemaker-examples, sm-clarify_model_bias_monitor_for_endpoint_json)."""
    (found,) = merged(tmp_path, [line("41,0", "0.012", inferenceId="58")], truth("58", "1"))
    assert list(found) == ["eventVersion", "groundTruthData", "captureData", "eventMetadata"]
    assert found["groundTruthData"] == {"data": "1", "encoding": "CSV"}
    assert found["captureData"]["endpointOutput"] == {
        "observedContentType": "text/csv",
        "mode": "OUTPUT",
        "data": "0.012",
        "encoding": "CSV",
    }
    assert found["eventMetadata"] == {
        "eventId": "a727dc55",
        "inferenceTime": "2021-05-18T00:29:02Z",
        "inferenceId": "58",
    }
    (place,) = (tmp_path / "merged" / "endpoint" / "AllTraffic" / HOUR).iterdir()
    assert place.name.startswith("part-00000-") and place.name.endswith(".c000.jsonl")


def test_the_inference_id_wins_over_the_event_id(tmp_path: Path) -> None:
    captured = [line("1", "0.1", inferenceId="58"), line("2", "0.2", eventId="other")]
    found = merged(
        tmp_path, captured, truth("a727dc55", "wrong"), truth("58", "0"), truth("other", "1")
    )
    assert {each["groundTruthData"]["data"] for each in found} == {"0", "1"}


def test_what_has_no_partner_is_dropped_and_what_has_two_comes_twice(tmp_path: Path) -> None:
    captured = [line("1", "0.1", inferenceId="1"), line("2", "0.2", inferenceId="2")]
    found = merged(tmp_path, captured, truth("1", "0"), truth("1", "1"), truth("3", "1"))
    assert [each["groundTruthData"]["data"] for each in found] == ["0", "1"]


def test_the_output_of_a_transform_is_merged_by_its_inference_id(tmp_path: Path) -> None:
    """The CSV and JSON lines of model-monitor-data-capture-batch.html; the form of a merged record
    is that of the notebook SageMaker-Monitoring-Bias-Drift-for-Batch-Transform-JSON-Lines."""
    one, two = "1f1d57b1-2e6f-488c-8c30-db4e6d757861", "22445434-0c67-45e9-bb4d-bd1bf26561e6"
    for number, (name, text) in enumerate(
        {
            "dummy_0.csv.out": f"0, {one},2022-08-30T00:49:15Z\n",
            "dummy_1.jsonl.out": f'{{"output": 1, "SageMakerInferenceId": "{two}",'
            ' "SageMakerInferenceTime": "2022-08-30T00:49:15Z"}\n',
        }.items()
    ):
        folder = tmp_path / "data" / "2022/08/30/00" / str(number)
        folder.mkdir(parents=True)
        (folder / name).write_text(text)
    found = merged(tmp_path, [], truth(one, "0"), truth(two, "1"))
    assert [each["captureData"] for each in found] == [
        {"batchTransformOutput": {"data": "0", "encoding": "CSV"}},
        {"batchTransformOutput": {"data": '{"output":1}', "encoding": "JSON"}},
    ]
    assert [each["eventMetadata"] for each in found] == [{"eventId": one}, {"eventId": two}]
    assert {path.parent for path in (tmp_path / "merged").rglob("*.jsonl")} == {
        tmp_path / "merged" / "2022/08/30/00"
    }


def test_a_torn_line_is_passed_over(tmp_path: Path, capsys: Any) -> None:
    place = tmp_path / "data" / "endpoint" / "AllTraffic" / HOUR
    place.mkdir(parents=True)
    (place / "torn.jsonl").write_text('{"captureData": {"endpo')
    found = merged(tmp_path, [line("1", "0.1", inferenceId="1")], truth("1", "0"))
    assert len(found) == 1
    assert "1 lines of torn.jsonl are not JSON" in capsys.readouterr().out
