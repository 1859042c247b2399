"""Bias metrics against AWS's published examples, AWS's smclarify, and fairlearn."""

import fairlearn.metrics
import numpy as np
import pandas as pd
import pytest
import smclarify.bias.metrics
from scipy.stats import entropy

from tests.monitoring.conftest import script

metrics = script("bias_metrics")
NAMES = ("the others", "black=1")
WITHOUT_STRATA = [name for name in metrics.BY_NAME if not name.startswith("CDD")]


def of(name: str, table: object) -> float:
    return float(metrics.BY_NAME[name].value(np.array(table, dtype=float)))


def outcomes(favourable_a: int, of_a: int, favourable_d: int, of_d: int) -> list[list[int]]:
    return [[of_a - favourable_a, favourable_a], [of_d - favourable_d, favourable_d]]


def confusion(*, tp: int = 0, fp: int = 0, fn: int = 0, tn: int = 0) -> list[list[int]]:
    return [[tn, fp], [fn, tp]]


# The confusion matrices that the pages of RD and SD share, facet a and facet d.
PUBLISHED = [confusion(tn=20, fn=5, fp=10, tp=65), confusion(tn=18, fn=7, fp=5, tp=20)]


@pytest.mark.parametrize(
    ("page", "name", "table", "value", "digits"),
    [
        ("data-bias-metric-kl-divergence", "KL", outcomes(80, 100, 30, 100), 0.53, 2),
        ("data-bias-metric-kolmogorov-smirnov", "KS", [[40, 40, 20], [20, 10, 70]], 0.5, 9),
        # Women: 46 % of the rejected, 32 % of the accepted.
        ("data-bias-metric-cddl", "CDDL", [[[54, 68], [46, 32]]], 0.14, 9),
        ("post-training-bias-metric-dppl", "DPPL", outcomes(60, 100, 50, 100), 0.1, 9),
        ("post-training-bias-metric-di", "DI", outcomes(60, 100, 50, 100), 0.8, 1),
        ("post-training-bias-metric-dca", "DCA",
         [confusion(tp=60, fn=10, tn=30), confusion(tp=20, fp=10, tn=20)], 0.5, 9),
        ("post-training-bias-metric-dca", "DCA",
         [confusion(tp=50, fp=10, tn=40), confusion(tp=30, fn=10, tn=10)], -0.5, 9),
        ("post-training-bias-metric-dcr", "DCR",
         [confusion(tn=50, fn=10, tp=40), confusion(tn=30, fp=10, tp=10)], 0.5, 9),
        ("post-training-bias-metric-dcr", "DCR",
         [confusion(tn=60, fp=10, tp=30), confusion(tn=20, fn=10, tp=20)], -0.5, 9),
        ("post-training-bias-metric-rd", "RD", PUBLISHED, 0.19, 2),
        ("post-training-bias-metric-sd", "SD", PUBLISHED, 0.1159, 4),
        ("post-training-bias-metric-ad", "AD",
         [confusion(tp=60, tn=10, fn=20, fp=10), confusion(tp=40, tn=10, fn=10, fp=40)], 0.2, 9),
        ("post-training-bias-metric-dar", "DAR",
         [confusion(tp=35, fp=35), confusion(tp=40, fp=60)], 0.1, 9),
        ("post-training-bias-metric-drr", "DRR",
         [confusion(tn=80, fn=20), confusion(tn=40, fn=10)], 0.0, 9),
        ("post-training-bias-metric-te", "TE",
         [confusion(fn=8, fp=6, tp=43, tn=43), confusion(fn=5, fp=2, tp=20, tn=23)], 1.167, 3),
    ],
)  # fmt: skip
def test_a_metric_is_that_of_the_example_on_its_page(page, name, table, value, digits):
    assert metrics.BY_NAME[name].page == page
    assert of(name, table) == pytest.approx(value, abs=0.5001 * 10**-digits if digits < 9 else 1e-9)


def rows(both: np.ndarray) -> pd.DataFrame:
    """One row for each that a table counts."""
    groups, labels, answers = np.indices(both.shape)
    columns = {"d": groups, "label": labels, "answer": answers}
    return pd.DataFrame({
        name: np.repeat(values.ravel(), both.ravel()).astype(bool)
        for name, values in columns.items()
    })  # fmt: skip


def tables(both: np.ndarray) -> dict[str, np.ndarray]:
    return {
        metrics.BOTH: both, metrics.LABELS: both.sum(axis=2), metrics.ANSWERS: both.sum(axis=1),
    }  # fmt: skip


@pytest.fixture(scope="module", params=range(5))
def both(request) -> np.ndarray:
    return np.random.default_rng(request.param).integers(1, 60, size=(2, 2, 2))


@pytest.mark.parametrize("name", WITHOUT_STRATA)
def test_a_metric_is_that_of_awss_own_smclarify(name: str, both):
    said = rows(both)
    theirs = smclarify.bias.metrics.call_metric(
        getattr(smclarify.bias.metrics, name),
        feature=said["d"], sensitive_facet_index=said["d"], label=said["label"],
        positive_label_index=said["label"], positive_predicted_label_index=said["answer"],
    )  # fmt: skip
    metric = metrics.BY_NAME[name]
    assert float(metric.value(tables(both)[metric.table])) == pytest.approx(float(theirs))


@pytest.mark.parametrize("name", ["CDDL", "CDDPL"])
def test_disparity_by_strata_is_that_of_smclarify(name: str):
    strata = np.random.default_rng(3).integers(1, 40, size=(4, 2, 2))
    stratum, group, outcome = (
        np.repeat(values.ravel(), strata.ravel()) for values in np.indices(strata.shape)
    )
    theirs = getattr(smclarify.bias.metrics, name)(
        pd.Series(group), pd.Series(group == 1), pd.Series(outcome == 1), pd.Series(stratum)
    )
    assert of(name, strata) == pytest.approx(theirs)


def test_every_metric_of_smclarify_is_there_but_the_fliptest():
    theirs = smclarify.bias.metrics
    every = {m.__name__ for m in (*theirs.PRETRAINING_METRICS, *theirs.POSTTRAINING_METRICS)}
    assert every - {"FT"} == set(metrics.BY_NAME)


def test_titles_are_smclarifys():
    for name, metric in metrics.BY_NAME.items():
        theirs = getattr(smclarify.bias.metrics, name).__doc__.strip().splitlines()[0]
        assert metric.title == theirs.replace("Liebler", "Leibler")


def test_differences_and_the_ratio_are_fairlearns(both):
    said = rows(both)
    truth, answers, group = said["label"].astype(int), said["answer"].astype(int), said["d"]
    frame = fairlearn.metrics.MetricFrame(
        metrics={
            "chosen": fairlearn.metrics.selection_rate,
            "recall": fairlearn.metrics.true_positive_rate,
            "specificity": fairlearn.metrics.true_negative_rate,
        },
        y_true=truth, y_pred=answers, sensitive_features=group,
    ).by_group  # fmt: skip
    found = {name: of(name, tables(both)[metrics.BY_NAME[name].table]) for name in WITHOUT_STRATA}
    assert found["DPPL"] == pytest.approx(frame["chosen"][False] - frame["chosen"][True])
    assert found["RD"] == pytest.approx(frame["recall"][False] - frame["recall"][True])
    assert found["SD"] == pytest.approx(frame["specificity"][True] - frame["specificity"][False])
    assert abs(found["DPPL"]) == pytest.approx(
        fairlearn.metrics.demographic_parity_difference(truth, answers, sensitive_features=group)
    )
    assert min(found["DI"], 1 / found["DI"]) == pytest.approx(
        fairlearn.metrics.demographic_parity_ratio(truth, answers, sensitive_features=group)
    )


def test_divergences_are_scipys(both):
    a, d = tables(both)[metrics.LABELS] / tables(both)[metrics.LABELS].sum(axis=1, keepdims=True)
    middle = (a + d) / 2
    expected = (entropy(a, middle) + entropy(d, middle)) / 2
    assert of("KL", tables(both)[metrics.LABELS]) == pytest.approx(entropy(a, d))
    assert of("JS", tables(both)[metrics.LABELS]) == pytest.approx(expected)


def test_axes_before_the_table_are_kept(both):
    for metric in metrics.METRICS:
        if metric.table in tables(both):
            one = tables(both)[metric.table]
            many = np.stack([one, one[::-1]])
            assert metric.value(many).shape == (2,)
            assert metric.value(many)[0] == pytest.approx(float(metric.value(one)))


@pytest.mark.parametrize(
    ("name", "table", "why"),
    [
        ("DPPL", outcomes(5, 10, 0, 0), "no records of black=1"),
        ("RD", [confusion(tn=3), confusion(tn=4, fp=1)],
         "no favourable labels of the others and no favourable labels of black=1"),
        ("SD", [confusion(tn=3), confusion(tp=4)], "no unfavourable labels of black=1"),
        ("DAR", [confusion(tn=3), confusion(tp=4)],
         "no favourable answers with a label of the others"),
        ("TE", [confusion(fp=2, fn=1), confusion(fn=3)],
         "no favourable answers with an unfavourable label of black=1"),
        ("DI", outcomes(0, 10, 4, 10), "nobody of the others got a favourable answer"),
        ("DI", outcomes(0, 10, 0, 10), "nobody of the others got a favourable answer"),
        ("KL", outcomes(5, 10, 10, 10), "it needs records with a label in both groups, and each "
         "outcome of the others in the group"),
        ("CDDL", [[[0, 5], [0, 3]]], "it needs a stratum in which both outcomes occur"),
        ("GE", [confusion(fn=3), confusion(fn=2)],
         "it needs an answer that is as good as its label, or better"),
    ],
)  # fmt: skip
def test_what_is_undefined_has_no_value_and_says_why(name: str, table, why: str):
    assert not np.isfinite(of(name, table))
    assert metrics.why_undefined(metrics.BY_NAME[name], np.array(table), NAMES) == why
    assert np.isnan(metrics.BY_NAME[name].distance(np.array(table)))


def test_what_is_defined_has_no_reason_not_to_be():
    assert metrics.why_undefined(metrics.BY_NAME["RD"], np.array(PUBLISHED), NAMES) == ""


def test_where_smclarify_says_0_for_0_of_0_we_say_undefined():
    said = rows(np.array([confusion(tn=3, tp=2), confusion(tp=4)]))
    theirs = smclarify.bias.metrics.SD(said["d"], said["d"], said["label"], said["answer"])
    assert np.isfinite(theirs)
    assert np.isnan(of("SD", [confusion(tn=3, tp=2), confusion(tp=4)]))


def test_a_group_without_members_is_the_utmost_imbalance():
    assert of("CI", outcomes(5, 10, 0, 0)) == 1.0


def test_a_stratum_with_one_outcome_is_left_out_of_disparity():
    stratum = [[54, 68], [46, 32]]
    assert of("CDDL", [stratum, [[0, 70], [0, 30]]]) == pytest.approx(0.14)


def test_a_metric_has_the_fair_value_when_both_groups_fare_alike():
    table = np.array([confusion(tp=30, fp=10, fn=5, tn=20), confusion(tp=6, fp=2, fn=1, tn=4)])
    for name in set(WITHOUT_STRATA) - {"CI", "GE"}:
        metric = metrics.BY_NAME[name]
        assert float(metric.distance(tables(table)[metric.table])) == pytest.approx(0, abs=1e-12)
