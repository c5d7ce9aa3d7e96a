"""The statistical model of matching: Splink on DuckDB, trained on the bank's own records."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
import splink.comparison_level_library as level
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals import expectation_maximisation
from splink.internals.exceptions import EMTrainingException

SEED = 20_150_801
MIN_RECORDS = 50
# A comparison is learnt in a session that does not block on it: two sessions cover all.
MIN_TRAININGS = 2
_BLOCKING = (
    ("identity",),
    ("mobile",),
    ("email",),
    ("birth", "pinyin"),
    ("birth", "region"),
    ("name", "region"),
    ("name", "address"),
    ("pinyin", "address"),
    ("birth", "sex", "surname"),
)


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two records, the model's probability, and the weight (in bits) of each comparison."""

    left: UUID
    right: UUID
    probability: float
    explanation: dict[str, Any]


def _name() -> compare.CustomComparison:
    """Written form, spoken form, one slip; else different. Rare names weigh more."""
    return compare.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            level.NullLevel("pinyin"),
            level.ExactMatchLevel("name", term_frequency_adjustments=True),
            level.CustomLevel("pinyin_l = pinyin_r", "same sound"),
            level.CustomLevel(
                "damerau_levenshtein(pinyin_l, pinyin_r) <= 1 AND length(pinyin_l) > 6",
                "one slip in the sound",
            ),
            level.CustomLevel(
                "surname_l = surname_r AND length(name_l) = length(name_r) "
                "AND levenshtein(name_l, name_r) = 1 AND length(name_l) >= 3",
                "one character differs",
            ),
            level.CustomLevel("surname_l = surname_r", "same surname only"),
            level.ElseLevel(),
        ],
    )


def _near(column: str, distance: int) -> compare.CustomComparison:
    return compare.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            level.NullLevel(column),
            level.ExactMatchLevel(column),
            level.DamerauLevenshteinLevel(column, distance_threshold=distance),
            level.ElseLevel(),
        ],
    )


def _address() -> compare.CustomComparison:
    return compare.CustomComparison(
        output_column_name="address",
        comparison_levels=[
            level.NullLevel("address"),
            level.ExactMatchLevel("address"),
            level.CustomLevel("jaro_winkler_similarity(address_l, address_r) >= 0.92", "close"),
            level.ElseLevel(),
        ],
    )


def _settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            _name(),
            _near("identity", 2),
            _near("birth", 1),
            _near("mobile", 1),
            compare.ExactMatch("email"),
            _address(),
            compare.ExactMatch("sex"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*keys) for keys in _BLOCKING],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=False,
    )


def score_persons(
    table: pa.Table, *, review: float, pair_max: int, memory_mb: int
) -> list[ScoredPair]:
    """Train on the records and score every blocked pair; those at `review` or above.

    `table` has the columns `unique_id, name, pinyin, surname, identity, birth, mobile, email,
    sex, address, region` as text, null where unknown. Seeded: the same records give the same
    result. Fewer than `MIN_RECORDS` can't train a model: no pairs then, exact rules only.
    """
    if table.num_rows < MIN_RECORDS:
        return []
    logging.getLogger("splink").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="liti-match-") as folder:
        engine = duckdb.connect(
            ":memory:",
            config={"memory_limit": f"{memory_mb}MB", "temp_directory": folder, "threads": 2},
        )
        try:
            return _score(engine, table, review, pair_max)
        finally:
            engine.close()


def _score(
    engine: duckdb.DuckDBPyConnection, table: pa.Table, review: float, pair_max: int
) -> list[ScoredPair]:
    api = DuckDBAPI(engine)
    linker = Linker(api.register(table), _settings(), log_level=logging.ERROR)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [
            "l.identity = r.identity AND l.pinyin = r.pinyin",
            "l.name = r.name AND l.birth = r.birth",
            "l.mobile = r.mobile AND l.pinyin = r.pinyin",
        ],
        recall=0.9,
    )
    training.estimate_u_using_random_sampling(max_pairs=pair_max, seed=SEED)
    trained = 0
    for keys in (("birth", "pinyin"), ("mobile", "surname"), ("identity",)):
        # Files that hardly overlap hold no pairs to learn from: the exact rules then stand alone.
        with suppress(EMTrainingException), _half_a_pseudo_count():
            training.estimate_parameters_using_expectation_maximisation(
                block_on(*keys), record_sample_proportion=1.0
            )
            trained += 1
    if trained < MIN_TRAININGS:
        return []
    predicted = linker.inference.predict(threshold_match_probability=review)
    return [_pair(row) for row in predicted.as_record_list()]


_M_COUNT = re.compile(r"(sum\(match_probability \* [^)]*\)) as m_count")


@contextmanager
def _half_a_pseudo_count() -> Iterator[None]:
    """Add half a true pair to each level that is counted, as a Jeffreys prior does.

    Birth date and sex are taken from the ID number, so of true pairs hardly any ever differ
    in them; over many records the chance of that level falls to zero, which no model can hold
    and which would let one slip outweigh everything. The library has no setting for it; it
    counts in SQL, and matching runs alone (an advisory lock).
    """
    counted = expectation_maximisation.compute_new_parameters_sql

    def smoothed(*arguments: Any, **named: Any) -> str:
        return _M_COUNT.sub(r"\1 + 0.5 as m_count", counted(*arguments, **named))

    expectation_maximisation.compute_new_parameters_sql = smoothed
    try:
        yield
    finally:
        expectation_maximisation.compute_new_parameters_sql = counted


def _pair(row: dict[str, Any]) -> ScoredPair:
    weights = {
        name.removeprefix("mw_"): round(float(value), 3)
        for name, value in row.items()
        if name.startswith("mw_") and value is not None
    }
    return ScoredPair(
        UUID(str(row["unique_id_l"])),
        UUID(str(row["unique_id_r"])),
        float(row["match_probability"]),
        {"weight": round(float(row["match_weight"]), 3), "weights": weights},
    )
