"""How are the people of the demo called? Surnames and given names put together by chance; nobody is meant."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严金魏陶姜谢邹苏潘葛范彭鲁韦马苗方俞任袁"
    "柳史唐薛雷贺倪汤罗齐郝安常于傅卞康伍余顾孟黄穆萧尹姚邵汪祁毕明戴宋庞纪舒屈项祝董梁杜蓝席季"
)
GIVEN_NAMES = (
    "明远", "子涵", "雨桐", "浩然", "思源", "嘉禾", "文博", "若溪", "景行", "知夏", "一鸣", "书瑶", "承志", "晓岚",
    "天佑", "佳宁", "立群", "安琪", "泽宇", "静怡", "俊杰", "欣妍", "海峰", "婉清", "志远", "梦琪", "建业", "诗涵",
    "宏宇", "雅雯", "国栋", "语嫣", "晨曦", "丽华", "振东", "慧敏", "子墨", "思齐", "一凡", "紫萱", "瑞霖", "心怡",
    "向阳", "可欣", "新民", "春燕", "鹏飞", "秋实", "博文", "冬梅", "睿", "岩", "洁", "凯", "蕾", "楠", "颖", "昊",
    "宁", "航", "琳", "旭", "薇", "磊", "婷", "帆", "瑶", "越", "悦", "铮", "菲", "宸", "青松", "润泽", "望舒", "云帆",
)  # fmt: skip
# A name with a dot, names without a surname, and characters that not every system knows (two of them beyond the BMP).
UNUSUAL_NAMES = ("古丽娜尔·艾尼", "陈𬭎", "白玛卓嘎", "欧阳雨晴", "阿不都·热合曼", "林𫖯", "格桑多吉", "曾单丹")


def names(random: Random, count: int) -> list[str]:
    """Return that many names, all different as long as there are enough."""
    found: dict[str, None] = {}
    while len(found) < min(count, len(SURNAMES) * len(GIVEN_NAMES) // 2):
        found[random.choice(SURNAMES) + random.choice(GIVEN_NAMES)] = None
    distinct = list(found)
    return [distinct[place % len(distinct)] for place in range(count)]
