"""Is a password refused in the reader's language, with what to do about it?"""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override

from members.models import User

SENTENCES = [
    ("ming-yuan", "zh-hans", "密码太短，请设置至少 10 个字符的密码。"),
    ("ming-yuan", "en", "The password is too short. Choose one of 10 characters or more."),
    (
        "x3100010022", "zh-hans",
        "密码与您的学号或工号太接近，请换一个别人猜不到的密码。",
    ),
    (
        "x3100010022", "en",
        "The password is too much like this: Student or staff number. Choose one that nobody can guess from it.",
    ),
    ("password123", "zh-hans", "这个密码太常见，容易被猜中，请换一个少见的，例如一句短语。"),
    (
        "password123", "en",
        "This password is one of those that are guessed first. Choose a rarer one, such as a short sentence.",
    ),
    ("8261940375", "zh-hans", "密码只有数字，请加上字母或其他字符。"),
    ("8261940375", "en", "The password has only digits. Add letters or other characters."),
]  # fmt: skip


@pytest.mark.parametrize(("password", "language", "sentence"), SENTENCES)
def test_each_rule_says_what_is_wrong_and_what_to_do(password, language, sentence):
    with override(language), pytest.raises(ValidationError) as refusal:
        validate_password(password, User(number="3100010022", name="丁一"))
    assert refusal.value.messages == [sentence]


def test_ten_characters_are_enough():
    validate_password("ming-yuan1", User(number="3100010022", name="丁一"))
