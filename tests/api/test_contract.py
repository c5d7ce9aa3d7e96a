"""Machine-made calls against the description: whatever comes in, nothing breaks."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st


def test_no_call_that_fits_the_description_breaks_the_server(web, partner, bank, token):
    schema = schemathesis.openapi.from_dict(web.get("/api/v1/openapi.json").json())
    clients = [token("cloud"), token("core-system")]
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 6

    for operation in operations:

        @given(operation.as_strategy(), st.sampled_from(clients))
        @settings(
            max_examples=5,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def called(case, headers):
            answer = case.call(base_url=web.base, headers=headers)
            assert answer.status_code < 500, (case, answer.text)

        called()
