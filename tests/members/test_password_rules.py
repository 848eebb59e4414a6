"""Is a password that is too short refused in the reader's language?"""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-hans", "密码太短，请设置至少 10 个字符的密码。"),
        ("en", "The password is too short. Choose one of 10 characters or more."),
    ],
)
def test_the_sentence_about_a_short_password(language, sentence):
    with override(language), pytest.raises(ValidationError) as refusal:
        validate_password("ming-yuan")
    assert refusal.value.messages == [sentence]


def test_ten_characters_are_enough():
    validate_password("ming-yuan1")
