"""Is a name spelled as its bearer says it?"""

import pytest

from members.pinyin import plain, spell


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张伟", "zhang wei", "zw"),
        ("曾子涵", "zeng zi han", "zzh"),
        ("单雨桐", "shan yu tong", "syt"),
        ("仇英", "qiu ying", "qy"),
        ("解缙", "xie jin", "xj"),
        ("朴树", "piao shu", "ps"),
        ("区桃", "ou tao", "ot"),
        ("查良镛", "zha liang yong", "zly"),
        ("盖叫天", "ge jiao tian", "gjt"),
        ("殷红", "yin hong", "yh"),
        ("尉迟恭", "yu chi gong", "ycg"),
        ("万俟卨", "mo qi xie", "mqx"),
        ("单于丹", "chan yu dan", "cyd"),
        ("长孙无忌", "zhang sun wu ji", "zswj"),
        ("欧阳娜", "ou yang na", "oyn"),
        ("吕布", "lv bu", "lb"),
        ("略文", "lve wen", "lw"),
        ("李曾", "li ceng", "lc"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti", "ayglmmt"),
        ("单增•旺堆", "dan zeng wang dui", "dzwd"),
        ("𠮷田太郎", "𠮷 tian tai lang", "𠮷ttl"),
        ("Anna Müller", "anna mvller", "am"),
        ("O'Neil José", "o neil jose", "onj"),
        ("李", "li", "l"),
        ("", "", ""),
    ],
)
def test_spelling(name, pinyin, initials):
    assert spell(name) == (pinyin, initials)


def test_long_names_fit_their_columns():
    pinyin, initials = spell("双" * 80)
    assert (len(pinyin), len(initials)) == (200, 80)


@pytest.mark.parametrize(("typed", "searched"), [("LÜ", "lv"), ("lǚ", "lv"), ("ＺＷ", "zw"), ("Zhāng", "zhang")])
def test_typed_letters_are_plain(typed, searched):
    assert plain(typed) == searched
