"""Invented names of people and employers. Any likeness to a living person is chance."""

from pilotportal.rehearsal.chance import Chance

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲芬燕彬浩凯健俊帆波宁欣怡佳晨宇泽涵轩文博思远清源立新建国志远海峰"
    "春晖雨桐子墨若曦景行知行怀瑾承志启明向东庆林永康长青"
)
SCHOOLS = ("示例大学管理学院", "示例理工大学经济学院", "示例工业研究院", "示例劳动经济研究所", "示例产业发展研究中心", "示例职业技术大学")
TITLES = ("教授", "研究员", "正高级经济师", "副教授", "高级人力资源管理师", "正高级工程师")
FIELDS = ("人力资源管理", "产业经济", "劳动经济", "职业教育", "智能制造", "公共管理")


def person(chance: Chance, *about: object) -> str:
    source = chance.of("name", *about)
    return source.choice(SURNAMES) + "".join(source.sample(GIVEN, source.choice((1, 2, 2))))
