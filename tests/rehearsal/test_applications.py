"""What a lender delivers, asks and decides is what the source says."""

import csv
import io
import json

from rehearsal.applications import KEY, applications, as_csv, decided, delivery


def test_the_sample_has_the_published_size_and_shares_of_approval():
    """approve = .708 + .201 white, n = 1,989.

    J. M. Wooldridge, Introductory Econometrics, computer exercise C7.8 (ii), in its solutions.
    """
    assert len(applications()) == 1989
    white, others = (
        [a.approved for a in applications() if (a.features["race"] == "white") is of]
        for of in (True, False)
    )
    assert round(sum(others) / len(others), 3) == 0.708
    assert round(sum(white) / len(white) - sum(others) / len(others), 3) == 0.201


def test_the_delivery_is_the_source_with_a_number_for_each_application():
    [(key, content)] = delivery()
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert key == KEY
    assert [int(row["application"]) for row in rows] == [a.number for a in applications()]
    assert [row["approve"] == "1" for row in rows] == [a.approved for a in applications()]


def test_nobody_asks_with_what_the_lender_decided_or_with_a_code_for_a_missing_number():
    for application in applications():
        assert not {"approve", "reject", "action"} & set(application.features)
        assert float(application.features["liq"] or 0) < 1_000_000
    assert sum(a.features["term"] == "" for a in applications()) == 4


def test_a_request_holds_the_columns_that_are_asked_for_in_their_order():
    first, second = applications()[:2]
    assert as_csv([first, second], ["race", "loanamt", "sex"]) == "white,89,\nwhite,128,male\n"


def test_a_label_has_a_line_for_each_application_of_its_request():
    """AWS's example, with other data; the members and their order are the same.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
    """
    line = decided("request-7", applications()[:3])
    assert line.endswith("}\n")
    assert json.loads(line) == {
        "groundTruthData": {"data": "1\n0\n1", "encoding": "CSV"},
        "eventMetadata": {"eventId": "request-7"},
        "eventVersion": "0",
    }
