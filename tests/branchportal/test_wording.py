"""How do names and sentences stand in a row, in both languages?"""

import pytest
from django.utils.translation import override

from branchportal.wording import listed, sentences


@pytest.mark.parametrize(("language", "line"), [("zh-hans", "王芳、李雷"), ("en", "王芳, 李雷")])
def test_names(language, line):
    with override(language):
        assert listed(["王芳", "李雷"]) == line


@pytest.mark.parametrize(("language", "text"), [("zh-hans", "一。二。三。"), ("en", "一。 二。 三。")])
def test_sentences(language, text):
    with override(language):
        assert sentences(["一。", "二。", "三。"]) == text


def test_nothing_to_say():
    assert (listed([]), sentences([]), sentences(["一。"])) == ("", "", "一。")
