"""Frames and where they belong."""

from rxdex.simulator.post import ALL, Post, everything


def test_the_envelope_names_the_topic_alone() -> None:
    post = Post.of("blockheight", ALL, {"h": 7})
    assert post == ("blockheight", "$all", '{"stream":"blockheight","data":{"h":7}}')


def test_everything_is_wanted() -> None:
    assert everything("trades", "BNB_BUSD-BD1")
