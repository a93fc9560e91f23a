"""What a stretch of words is about: the topics of `acts.TOPICS`, in the order in which they win where several fit."""

from __future__ import annotations

import re

_WORDS = {
    "identity": r"姓名|贵姓|称呼|身份证|证件|户名|尾号|后四位|末四位|本人|身份|\b(?:your (?:full |first |last )?name|surname|identity|id card|passport|last four|date of birth|verify you|who am i speaking|account holder)\b",
    "contact": r"电话|手机(?!银行)|联系方式|联系你|邮箱|地址|微信|号码|回电|\b(?:phone|telephone|mobile|number to (?:reach|call)|reach you|contact number|contact details|e-?mail|address|call you back|best number)\b",
    "evidence": r"截图|凭证|回单|小票|收据|录音|照片|证据|单据|聊天记录|材料|\b(?:receipts?|screen ?shots?|evidence|proof|photos?|statements?|documents?|recordings?|letters?|copy|copies|paperwork|slip)\b",
    "earlier_contact": r"之前(?:找|打|投诉|反映|联系)|上次|以前(?:找|打|投诉|反映)|没人(?:回|理|联系)|回访|打过|来过|反映过|投诉过|回电话|\b(?:earlier|previous(?:ly)?|last time|called before|contacted (?:us|anyone|the bank)|spoken? to|raised this|complained before|nobody called|no one called|get back to you)\b",
    "amount": r"多少钱|金额|多少元|\d元|块钱|万元|几笔|几次|\b(?:how much|amount|sum|total|yuan|rmb|dollars|figure|how many (?:times|charges|payments))\b|[¥$£€]",
    "place": r"哪个?网点|哪家|哪里|支行|网点|柜台|窗口|地点|哪个地方|\b(?:where|which branch|branch|counter|atm|location|place|which city)\b",
    "occurred_at": r"什么时候|哪一?天|几号|几点|日期|时间|何时|多久|哪个月|几月|\b(?:when|what (?:date|day|time)|which (?:date|day|month)|how long|since|date)\b",
    "target": r"柜员|工作人员|哪位|谁|客户经理|保安|大堂|同事的?名字|工号|\b(?:who|which (?:colleague|teller|employee|member of staff|person|clerk|adviser|advisor)|teller|staff|clerk|cashier|employee|colleague)\b",
    "demand": r"希望|诉求|要求|期望|满意|怎么处理|怎么解决|退还是|抵扣|想要|方案|退款|赔偿|补偿|解决|\b(?:would you like|want us|hoping for|outcome|resolution|put (?:this|it|things) right|prefer|expect|refund|credit|compensation|waive|fair|make it right)\b",
    "reason": r"为什么|原因|用途|因何|\b(?:why|reason|purpose|cause)\b",
    "feeling": r"心情|感受|难受|着急|生气|委屈|担心|窝火|失望|焦急|气愤|不满|情绪|害怕|急|\b(?:feel|feeling|upset|frustrat\w+|worr\w+|angry|anger|annoy\w+|stress\w*|disappoint\w+|anxious|bothers|distress\w*|scared|embarrass\w*|difficult|hard)\b",
    "product": r"信用卡|借记卡|银行卡|储蓄卡|年费|手续费|卡|账户|存折|理财|基金|保险|贷款|存款|合同|网银|手机银行|app|定期|利息|账单|\b(?:cards?|accounts?|loans?|mortgages?|contracts?|annual fee|fees?|insurance|funds?|deposits?|interest|app|online banking|products?|overdraft|statement)\b",
    "matter": r"怎么回事|经过|情况|发生|事情|问题|冻结|排队|扣|投诉|交易|转账|取款|叫号|态度|\b(?:what happened|happened|issue|problem|matter|situation|complaint|incident|freez\w*|frozen|blocked|queue|wait(?:ed|ing)?|transactions?|payments?|transfers?|charged?|rude)\b",
}
_TOPICS = tuple((topic, re.compile(words)) for topic, words in _WORDS.items())
_FEELING_FIRST = tuple(sorted(_TOPICS, key=lambda item: item[0] != "feeling"))
BANK_WORDS = re.compile(
    r"[费卡户账款贷汇存取钱]|冻结|解冻|排队|柜|网点|支行|交易|合同|理财|基金|保险|利率|密码|额度|征信|银行|投诉|"
    r"\b(?:fee|card|account|freeze|frozen|queue|teller|branch|transaction|contract|loan|bank|payment|transfer|charge|refund|interest|deposit|complaint|statement|limit|credit|money|yuan|hospital|app)\w*\b"
)


def topic(text: str, code: str) -> str | None:
    """The topic of the words that carry an act; for empathy a feeling comes first."""
    for name, words in _FEELING_FIRST if code == "empathy" else _TOPICS:
        if words.search(text):
            return name
    return None
