"""overflow: the policies, each with its diagram, which `test_diagrams.py` plays."""

import inspect

import pytest

from rxdex import operators
from rxdex.operators import Overflow
from tests import marbles


@pytest.mark.parametrize("policy", Overflow)
def test_every_policy_is_explained_and_drawn(policy: Overflow) -> None:
    assert f"`{policy.name}`: " in (inspect.getdoc(Overflow) or "")
    boxes = [box for box, _ in marbles.diagrams(operators)]
    assert any(f"Overflow.{policy.name}" in box for box in boxes)
