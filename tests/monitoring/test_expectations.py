"""What is left of a column after regression is what scikit-learn leaves, and hides nothing."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from tests.monitoring.conftest import script

columns, fitting, expectations = script("columns"), script("fitting"), script("expectations")


def rows(size: int = 3000, *, lost: float = 0.0):
    chance = np.random.default_rng(5)
    a = chance.normal(size=size)
    b = a + 0.3 * chance.normal(size=size)
    c = 2 * a - b + 0.2 * chance.normal(size=size)
    numbers = {"a": a, "b": b, "c": c}
    if lost:
        numbers["c"] = np.where(chance.random(size) < lost * (a > 0), np.nan, c)
    wrong = {name: np.zeros(size, dtype=bool) for name in numbers}
    schema = columns.Schema("at", dict.fromkeys(numbers, "number"))
    return schema, columns.Batch(np.arange(size) // 10, numbers, wrong, {})


def test_without_knots_residuals_are_those_of_the_precision_matrix(
    monkeypatch: pytest.MonkeyPatch,
):
    # Hawkins 1991: the residual of a column on all others is (Omega z)_j / Omega_jj.
    monkeypatch.setattr(fitting, "QUARTILES", ())
    monkeypatch.setattr(fitting, "RIDGE", 0.0)
    schema, batch = rows()
    fit = fitting.fit(schema, batch, slots_in_a_fold=100)
    values = np.column_stack(list(batch.numbers.values()))
    z = (values - values.mean(axis=0)) / values.std(axis=0)
    omega = np.linalg.inv(np.corrcoef(z.T))
    expected = z @ omega / np.diag(omega)
    basis = fit.expectations.basis(batch)
    for position, name in enumerate(schema.numbers):
        weights = fit.expectations.numbers[name]
        found = fit.expectations.residual(name, batch.numbers[name], basis @ weights)
        assert found == pytest.approx(expected[:, position], abs=1e-9)


def test_a_regression_is_scikit_learns_ridge_on_the_rows_that_have_the_value():
    schema, batch = rows(lost=0.4)
    fit = fitting.fit(schema, batch, slots_in_a_fold=100)
    basis = fit.expectations.basis(batch)
    use = np.array(fit.expectations.owners()) != "c"
    there = ~np.isnan(batch.numbers["c"])
    pieces = fit.expectations.pieces["c"]
    target = ((batch.numbers["c"] - pieces.mean) / pieces.deviation)[there]
    ridge = Ridge(alpha=fitting.RIDGE * there.sum(), fit_intercept=False)
    ridge.fit(basis[there][:, use], target)
    assert fit.expectations.numbers["c"][use] == pytest.approx(ridge.coef_, abs=1e-6)
    assert not fit.expectations.numbers["c"][~use].any()


def test_what_is_left_in_calibration_comes_from_other_weeks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fitting, "RIDGE", 1e-12)
    schema, batch = rows(size=1000)
    fit = fitting.fit(schema, batch, slots_in_a_fold=50)
    basis = fit.expectations.basis(batch)
    use = np.array(fit.expectations.owners()) != "a"
    held_out = batch.slots < 50
    pieces = fit.expectations.pieces["a"]
    target = (batch.numbers["a"] - pieces.mean) / pieces.deviation
    model = LinearRegression(fit_intercept=False)
    model.fit(basis[~held_out][:, use], target[~held_out])
    expected = target[held_out] - model.predict(basis[held_out][:, use])
    assert fit.residuals["a"][held_out] == pytest.approx(expected, abs=1e-6)


def test_a_column_that_the_others_do_not_explain_is_left_out():
    schema, batch = rows()
    noise = np.random.default_rng(6).normal(size=len(batch.slots))
    alone = columns.Batch(
        batch.slots, {**batch.numbers, "d": noise}, {**batch.wrong, "d": np.isnan(noise)}, {}
    )
    wider = columns.Schema("at", {**schema.features, "d": "number"})
    fit = fitting.fit(wider, alone, slots_in_a_fold=100)
    assert set(fit.expectations.numbers) == {"a", "b", "c"}
    assert fit.explained["d"] < fitting.LEAST_EXPLAINED


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3])
def test_the_share_that_went_missing_is_told_apart_from_what_is_always_missing(share: float):
    chance = np.random.default_rng(8)
    usual = chance.uniform(0.0, 0.9, size=200_000)
    lost = (chance.random(usual.size) < usual) | (chance.random(usual.size) < share)
    sums = expectations.evidence_of_loss(lost.astype(float), usual).sum(axis=0)
    assert sums[0] / sums[1] == pytest.approx(share, abs=0.005)


def test_a_wild_value_does_not_make_the_others_look_wild():
    schema, batch = rows()
    fit = fitting.fit(schema, batch, slots_in_a_fold=100)
    wild = columns.Batch(
        batch.slots[:1], {**{n: v[:1] for n, v in batch.numbers.items()}, "a": np.array([1e300])},
        {n: w[:1] for n, w in batch.wrong.items()}, {},
    )  # fmt: skip
    basis = fit.expectations.basis(wild)
    left = fit.expectations.residual("b", wild.numbers["b"], basis @ fit.expectations.numbers["b"])
    assert abs(left[0]) < 20


def test_regressions_survive_their_file():
    schema, batch = rows(lost=0.4)
    before = fitting.fit(schema, batch, slots_in_a_fold=100).expectations
    after = expectations.from_json(before.as_json())
    assert np.array_equal(before.basis(batch), after.basis(batch))
    assert np.array_equal(before.chances["c"], after.chances["c"])


def test_a_loss_where_nothing_was_ever_missing_is_told_from_noise_where_much_is():
    # A tenth of what should be there is lost. In four of five rows nearly nothing is missing
    # otherwise; in the fifth nearly everything, and weeks differ in that.
    chance = np.random.default_rng(9)
    usual = np.where(np.arange(5000) % 5 == 0, 0.8, 0.02)
    weighted, plain = [], []
    for _ in range(200):
        this_week = np.where(usual > 0.5, usual + chance.uniform(-0.2, 0.2), usual)
        lost = (chance.random(usual.size) < this_week) | (chance.random(usual.size) < 0.1)
        sums = expectations.evidence_of_loss(lost.astype(float), usual).sum(axis=0)
        weighted.append(sums[0] / sums[1])
        plain.append((lost - usual).sum() / (1 - usual).sum())
    assert np.mean(weighted) == pytest.approx(0.1, abs=0.005)
    assert np.std(weighted) < 0.5 * np.std(plain)
