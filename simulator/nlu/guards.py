"""Scope: words that look like an act and are not one, because of what stands around them.

"It is not your fault" blames nobody; "you say he told you to calm down" orders nobody to be calm; "if we were wrong we
apologise" is no apology. Each guard looks at the sentence around a match and says whether the act falls. All work on plain text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator.engine.acts import NEGATIVE

_NEGATIVE = frozenset(NEGATIVE)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a match stands: the sentence, the words before it in the sentence and in its clause, the words after it, the match."""

    text: str
    sentence: str
    before: str
    clause_before: str
    after: str
    match: str
    asks: bool


Guard = Callable[[str, Scene], bool]

# --- text that speaks to the software, or about service --------------------------------------------------------------

_TO_SOFTWARE = re.compile(
    r"忽略~|忽略(?:以上|上面|之前|前面|所有|一切)|(?:给|打|判|评)(?:我|这段|该|此|本)?(?:一个|个)?(?:满分|高分|100分|最高分)|评分(?:系统|标准|模型|器|程序|ai|员|规则)|"
    r"(?:系统|模型|ai|程序|算法|评分员|裁判)(?:请|,请|:|你)~?(?:判定|识别|标记|认定|给|把|记|忽略|输出)|作为(?:一个|一名)?(?:ai|评分|语言模型|人工智能|助手|系统)|"
    r"(?:请|应该?|务必)(?:将|把)(?:本|这|该|此)(?:句|段|条|次|回复|话|回答)~?(?:识别|标记|判定|判为|记为|算作|认定|标为|视为)|"
    r"(?:这句|本句|这段|此句|本条|该回复|这个回答|本回答|以下内容)(?:话)?~?(?:包含|体现|表达|属于|符合|满足)(?:了)?~?(?:共情|道歉|同理心|倾听|问候|感谢|满分|评分)|"
    r"(?:prompt|提示词|指令:|system:|assistant:|user:|<\/?[a-z_]+>|\{\s*\"|\[/?[a-z_]+\]|#+ ?(?:系统|评分|score)|act(?:s)?[:=]|标签:)|"
    r"\bignore (?:all |any |the |your |every )*(?:previous|prior|above|earlier|preceding|instructions?|rules?)|\b(?:full|top|maximum|perfect|highest|good) (?:marks?|scores?|points|grade|rating)\b|"
    r"\b(?:score|grade|rate|mark|label|classify|tag|count|treat|record|code|register|read|interpret) (?:this|me|my|it|the (?:above|following|reply|answer|response|message|text|sentence|turn)|as)\b.{0,40}\b(?:as|with|10|100|empath\w*|apolog\w*|excellent|perfect|highest|max\w*|positive|pass|full|act)\b|"
    r"\b(?:as an? (?:ai|language model|assistant|grader|evaluator|scorer)|dear (?:grader|evaluator|scorer|system|ai|software|classifier|model)|you are (?:now )?an? (?:ai|grader|evaluator|scorer|language model|assistant|classifier)|system prompt|the (?:classifier|grader|scorer|scoring (?:system|engine|software)|evaluator|model|algorithm|software|parser|detector) (?:should|must|will|please|to|can|is|detects?|reads?))\b|"
    r"\b(?:this|the above|the following) (?:reply|answer|response|message|text|sentence|turn|line|utterance) (?:contains?|shows?|includes?|demonstrates?|is an?|expresses|counts as|should be|must be|has|meets|satisfies|covers)\b|"
    r"\b(?:note|message|instruction|hint)s? (?:to|for) (?:the )?(?:grader|scorer|system|software|ai|model|evaluator|classifier|computer|program)\b|\b(?:set|assign|add|increase|raise|lower|reset) (?:the |my |customer |all )*(?:score|trust|anger|mood|points|satisfaction)\b"
)
_TO_SOFTWARE = re.compile(_TO_SOFTWARE.pattern.replace("~?", "[^。!;\\n]{0,8}?").replace("~", "[^。!;\\n]{0,8}?"))
_ABOUT_SERVICE = re.compile(
    r"(?:处理投诉|投诉处理|客户服务|优质服务|服务(?:规范|礼仪|标准|要求|流程|话术)|话术|培训|教材|手册|要点|技巧|原则|步骤)[^。!?\n]{0,16}(?:包括|包含|分为|要求|有|是|应|如下|:|需要|强调|讲究|离不开|规定)[^。!?\n]{0,60}(?:道歉|共情|致歉|同理|倾听|感谢|安抚|问候|致谢|回访|解决方案|复述)|"
    r"(?:共情|同理心|道歉|倾听|致歉|安抚)(?:和|与|、|,)(?:共情|同理心|道歉|倾听|致歉|安抚|感谢|解释|解决|方案|复述|确认)|"
    r"(?:首先|第一步|先)(?:要|应该?|需要)?(?:表示|表达|进行|做到)?(?:问候|共情|道歉|倾听|安抚)(?:客户|对方)?[,;](?:然后|再|其次|接着|第二)|"
    r"(?:应该?|要|需要|必须)(?:向|对|跟|给|让)(?:客户|顾客|对方|投诉人)(?:表示|表达|进行|道歉|致歉|说|解释|致谢)|"
    r"\b(?:handling|dealing with|managing|good|best practice|complaint|customer service|service|training|script|the steps?|handlers?|staff|employees|agents?|one|you) (?:complaints? )?(?:means?|requires?|involves?|includes?|consists?|is about|calls? for|should (?:always )?(?:apologi\w+|greet|empathi\w+|listen|thank|show|express|offer|begin|start))\b.{0,90}|"
    r"\b(?:empathy|apology|apologi[sz]ing|listening|active listening|greeting|thanking|acknowledg\w+), (?:an? |then )?(?:and )?(?:empathy|apolog\w+|listening|active listening|greeting|thank\w*|solutions?|summar\w+|follow[- ]?up|explan\w+|clos\w+|acknowledg\w+|ownership)\b"
)


def addressed_to_software(text: str) -> bool:
    return _TO_SOFTWARE.search(text) is not None


def talks_about_service(sentence: str) -> bool:
    return _ABOUT_SERVICE.search(sentence) is not None


# --- negation -------------------------------------------------------------------------------------------------------

_NOT_BEFORE = re.compile(
    r"(?:不(?!好意思|过|仅|但|光|管|论|只|妨|如|同|满|想|方便|用|单|错|知)|没(?!问题|关系|事)|没有|并非|绝非|未(?!来)|绝不|并不|决不|无需|从不|哪里?是|哪能|怎么能|怎能|岂能|谁也不|不该|不应)[^,。!?;]{0,6}$|"
    r"(?:\bnot?|\bnever|n't|\bwithout|\bnobody|\bno one|\bnor|\bneither|\brather than|\binstead of|\bhardly|\bfar from|\brefus\w+ to|\bavoid|\bstop)\b[^,.;!?]{0,28}$"
)
_NOT_YOURS = re.compile(
    r"(?:不是|并非|并不是|不怪|怪不|不能怪|不赖|没有怪|没怪|不会怪|没说是|不是说|不是你|没有说|不在你|与你无关|跟你没关系|你没有?(?:任何)?(?:错|责任|做错|问题)|错不在你|责任不在你|哪能怪|怎么能怪|怎么会是你)|"
    r"\b(?:not|never|n't|no one|nobody|by no means|nothing)\b[^.!?;]{0,30}\b(?:your|you|yours)\b[^.!?;]{0,20}(?:fault|mistake|error|blame|wrong|responsib\w+|doing)|\b(?:not|never) (?:saying|suggesting|implying|blaming|because you|that you)\b|\byou (?:did|have done|are) (?:nothing|not|absolutely nothing)[^.!?;]{0,10}(?:wrong|at fault|to blame)"
)
_CAN_NOT_PROMISE = re.compile(
    r"(?:不能|无法|没法|不敢|没办法|不好|不便|难以|不可以|没有权限|不会|不可能|无权|不该|不应|不是|没有|别|暂时不|谁也不|谁都不|不随便|不轻易|不(?:向你)?)[^,。!?;]{0,10}$|(?:尽力|尽量|争取|申请|努力)[^。!?;]{0,8}$|"
    r"\b(?:not|never|n't|unable to|no one can|nobody can|without|would be wrong to|too early to|before i|cannot|neither|difficult to|hard to|wish i could|rather than)\b[^.!?;]{0,40}$|\b(?:apply|try|best|ask|request|push|see (?:if|whether)|hope)\b[^.!?;]{0,24}$"
)
_DEPENDS = re.compile(
    r"(?:取决于|要看|视(?:调查|核查|情况)|以(?:调查|核查|审批|最终)~?结果|查明|属实的?话|核实(?:后|属实)|经(?:核实|审批)|需要审批|要等审批|批准后?|如果(?:确|查|核|属|是我们)|若(?:确|查|核|属)|确认是我们|申请).{0,0}|"
    r"\b(?:depends? on|subject to|if (?:the|our|it|we|they|that|this|you are eligible)|once (?:the|we|it|approved|confirmed)|provided|pending|should (?:the|it) (?:turn|prove)|no guarantee|can not guarantee|can not promise)\b"
)
_NEGATED_POSITIVES = frozenset(
    "apology empathy acknowledge_receipt offer_solution take_action thank follow_up give_contact active_listening self_intro".split()
)

# --- reported speech and disowning ----------------------------------------------------------------------------------

_REPORTS = re.compile(
    r"(?:你(?:刚才|刚刚|说的|提到|反映|反应|觉得|认为|感觉|听到|转述|讲)(?:说|的是|的|过|到|,|:)|你(?:说|讲|提)(?!明|法|话|得)(?:的是|的|到|过|,|:)?|听你(?:说|讲)|据你(?:说|反映)|(?:他|她|他们|柜员|同事|那位|经理|保安|客服|工作人员|对方|员工|大堂|前台|有人|谁|柜台|人家|姑娘|小伙子)(?:们|当时|居然|竟然|就|还|跟你|对你|是|怎么|的人|的同事)*(?:说|讲|让|叫|回|告诉|答应|承诺|骂|怼|声称|要求|跟你说|对你说|来了句|甩|表示|冲|指责|嘲笑|一句|回复|回答|推|扔|丢|问)|(?:被|遭)(?:柜员|员工|客服|工作人员|人|他|她|指责|说|骂|怼|要求|告知|嘲|晾|敷衍|推)|(?:一句|这句|那句|什么|所谓的?|说的|类似)[\"'\[]?)|"
    r"\b(?:you (?:said|say|told|mentioned|mention|report|reported|described|describe|heard|felt|feel|were told|are saying|wrote|explained)|(?:he|she|they|who|the (?:teller|clerk|colleague|cashier|agent|manager|guard|man|woman|person|lady|gentleman|adviser|advisor|staff|branch|employee|officer|chap|girl|guy)|my colleague|our (?:teller|colleague|staff|agent|clerk|employee)|a colleague|somebody|someone|one of (?:our|my) \w+|colleagues?|staff) (?:had |has |have |should |must |may |might |would |actually |really |just |simply |then |also |never |not |ought |to |did |shouldn't |even |wrongly |rudely |basically )*(?:said|say|says|saying|tell|told|telling|call|called|calling|accused|accuse|asked|ask|asking|claimed|insisted|suggested|promised|blamed|blame|implied|laughed|shouted|snapped|replied|answered|mocked|spoke|speak|made you|described)|(?:being|been|were|was|be|get|got|getting) (?:told|asked|called|accused|blamed|promised|given|made|treated|brushed|fobbed|passed|spoken)|to be told|to hear (?:that|someone)|words like|phrases? like|a line like|something like)\b"
)
_DISOWNS = re.compile(
    r"(?:这|那|这样|这种|这句|那样|那句|类似|此类)(?:种|个|样|句|些)?(?:的)?(?:话|说法|做法|态度|回答|措辞|表达|答复|说|做|语气|讲)?[^。!?]{0,8}(?:不对|不应该|不该|不合适|不妥|欠妥|不恰当|不能接受|太过分|伤人|是错的|不是我们|我不会|不能说|说不过去|不可取|不像话|绝不允许|让人寒心|难听|不好|不负责任|是不允许|没道理)|"
    r"(?:绝不会|不会|不应该|不该|不能|不可以|从不会|不想|哪能|不敢|不希望|没有要|不是要|不是想|绝不是|并不是)(?:再)?(?:跟你|对你|向你|用|拿|让你|叫你|说|讲|推|敷衍|要求)|"
    r"\b(?:(?:that|this|which|it|those|such) (?:is|was|were|are)(?: simply| just| really| absolutely| definitely| also| completely)? (?:not|n't|never|wrong|unacceptable|inappropriate|out of line|no way|rude|hurtful|unfair|poor|not acceptable|bad|unkind|dismissive|terrible|shocking|appalling|nonsense|uncalled)|(?:should|would|will|must|can) (?:not|never)(?: have| be| ever)? (?:said|say|tell|told|hear|heard|happen\w*|been|be|ask|asked|speak|spoken|treat\w*|suggest|brush|fob|use)|i (?:am|was) not (?:going to|here to|about to|saying|suggesting|telling|asking|trying to)|i (?:will|would|do) (?:not|never) (?:tell|say|ask|suggest|blame|pretend|hide|argue|fob|brush|want)|nobody should|no one should|not how we|not what we|no customer should|have no right to (?:say|tell|speak|talk))\b"
)
_QUOTED = re.compile(r'"[^"]*"')


def reported(scene: Scene) -> bool:
    """The words are somebody else's: after a verb of saying, or in quotation marks inside a sentence of one's own."""
    if _REPORTS.search(scene.before):
        return True
    quotes = scene.before.count('"')
    return quotes % 2 == 1 and '"' in scene.after and len(scene.sentence) - len(scene.match) > 10


def disowned(scene: Scene) -> bool:
    return _DISOWNS.search(scene.before) is not None or _DISOWNS.search(scene.after) is not None


# --- single acts ----------------------------------------------------------------------------------------------------

_CONDITION = re.compile(r"(?:如果|如有|若有?|要是|假如|假使|倘若|万一|只要|除非|的话)|\b(?:if|should (?:we|there|it|you)|in case|unless|were we|whether|assuming|suppose)\b")
_APOLOGY_ASKED = re.compile(
    r"(?:道歉|道过歉|赔不是|致歉|对不起|抱歉|歉意)[^,。!;]{0,6}(?:吗|没有|\?|么|了没)|(?:有没有|是否|有无|要求|想要|需要|要|等|欠你一个|书面|公开|得到|没人|谁|为什么要|凭什么|不用|不必|无需|不需要|别|叫他|让他|让她|叫她|让柜员|让当事人|要不要)[^,。!?;]{0,8}$|"
    r"\b(?:did (?:any|some|the|he|she|they)|has (?:any|some|the|he|she)|have they|was there|whether|do you want|would you like|want an?|expect|asking for|received?|get|got|offered|demand\w*|need|no|an?|any|the|written|formal|public|owe you an|no need (?:to|for)) ?(?:\w+ ){0,3}$"
)
_EXPLAINED = re.compile(
    r"^[\"'」)\]]?[^。!?;\n]{0,12}?(?:也就是|就是说?|意思是|意思就是|即|是指|指的是|通俗|简单(?:说|讲|来说)|说白了|换句话|好比|相当于|大白话|俗称|所谓|\()|"
    r"^[^.!?\n]{0,30}?(?:,? ?(?:that is|which (?:is|means|just means|simply means|basically means)|meaning|in other words|i\.e|in plain|simply put|put simply|this means|that means|what (?:that|this|it) means|or in|basically|means|is (?:just |simply )?(?:when|the|a|an|our|what|how)|refers to)\b|\()|"
    r"^[^。!?;\n]{0,20}?[,.。;] ?(?:简单说|意思是|就是|也就是|通俗|说白了|in plain|that (?:is|means)|this means|put simply|basically|meaning|in other words|simply)"
)
_NAMED = re.compile(r"(?:所谓的?|就是我们(?:说|讲)的|我们内部叫|行话|专业上叫|术语叫|叫做|叫作|俗称|\(|称为)[^。!?;]{0,4}$|\b(?:what we call|so-called|known as|we call (?:it|this|that)|technical term|called|jargon)\b[^.!?]{0,12}$")
_WARNS = re.compile(
    r"(?:不要|别|切勿|请勿|勿|不会(?:问|向你|索要|要|让你|跟你要|叫你)|不需要|不用|无需|从不|绝不|任何人|不能|不应|千万|不得|谨防|无须|没有必要)[^。!?;]{0,24}$|^[^。!?;]{0,16}(?:不要|别(?!的)|切勿|勿|不会|不能(?:告诉|给|说|报)|任何人都|请保密|保密|泄露|不需要|不用(?:报|说|告诉|给|提供)|千万|修改密码|重置密码)|"
    r"\b(?:never|not|do not|don't|no need|nobody|no one|without|not to|keep|protect|anyone who asks|should not|need not|nor|beware)\b[^.!?;]{0,60}$|^[^.!?;]{0,30}\b(?:to yourself|private|secret|with anyone|to anyone|confidential|not need(?:ed)?|never|reset|change your)\b"
)
_PAST = re.compile(r"(?:等了|拖了|过了|打了|跑了|排了|已经|等|花了|耽误了?|超过了?|都|用了|近|晚了|停了|冻了|工作了|干了|办了)[^,。!?;]{0,3}$|\b(?:for|waited|waiting|after|took|spent|past|last|been|already|another|lost|ago|every|worked)(?: \w+){0,2} ?$")
_ASKS_NUMBER = re.compile(r"几|多少|何|how (?:long|many|much)|\bwhen\b")
_PAST_AFTER = re.compile(r"^ ?(?:了(?!解)|没人|没有人|都没|还没|前(?:的|你|我们|发生|就)|多没|以前|之前的|ago\b|already\b|without\b|late\b|and (?:nobody|no one|nothing)|is (?:far )?too long|is a long)")


def _is_apology_not_given(scene: Scene) -> bool:
    if _CONDITION.search(scene.before):
        return True
    return _APOLOGY_ASKED.search(scene.clause_before) is not None or _APOLOGY_ASKED.search(scene.match + scene.after[:8]) is not None


def falls(code: str, scene: Scene) -> bool:
    """Whether the act `code`, matched where the scene says, is not one after all."""
    if code in _NEGATIVE:
        return _bad_falls(code, scene)
    if code in _NEGATED_POSITIVES and _NOT_BEFORE.search(scene.clause_before) and not _NOT_ONLY.search(scene.clause_before):
        return True
    if code == "apology" and _is_apology_not_given(scene):
        return True
    if code in ("acknowledge_receipt", "take_action") and scene.asks and _ASKED_ACTION.search(scene.match + scene.after):
        return True
    if code == "give_timeframe":
        if _PAST.search(scene.clause_before) or _PAST_AFTER.search(scene.after) or (scene.asks and _ASKS_NUMBER.search(scene.match)):
            return True
        return _REPORTS.search(scene.before) is not None and _DID_REPORT.search(scene.before) is not None
    if code in ("apology", "offer_solution", "take_action", "acknowledge_receipt", "thank", "give_contact"):
        return reported(scene) and not _MY_WORDS.search(scene.before)
    return False


_NOT_ONLY = re.compile(r"(?:不仅|不但|不只|不光|没关系|没事|没问题|不用担心|不着急|不急|不过|不方便|不客气)[^,。]{0,6}$|\b(?:not only|no problem|no worries|do not worry|not just|not hesitate)\b[^.]{0,20}$")
_ASKED_ACTION = re.compile(r"(?:了|过)(?:你)?(?:吗|没有|么|没|\?)")
_DID_REPORT = re.compile(r"(?:说|答应|承诺|告诉|让|叫|回复|表示)|\b(?:said|told|promised|say)\b")
_MY_WORDS = re.compile(r"(?:我(?:们)?(?:会|来|马上|现在|这就|先|已经|给)|,我|,我们)[^,。]{0,10}$|\b(?:i|we)(?: will| am| have| can| shall)? ?(?:\w+ ){0,3}$|\band i\b|, (?:i|we)\b")


def _bad_falls(code: str, scene: Scene) -> bool:
    if code == "jargon":
        return _EXPLAINED.search(scene.after) is not None or _NAMED.search(scene.clause_before) is not None or reported(scene)
    if code == "overpromise":
        return _CAN_NOT_PROMISE.search(scene.clause_before) is not None or _DEPENDS.search(scene.sentence) is not None or reported(scene)
    if code == "privacy_breach":
        return _WARNS.search(scene.clause_before) is not None or _WARNS.search(scene.after[:40]) is not None or _disowned_report(scene)
    if code == "blame_customer" and (_NOT_YOURS.search(scene.before + scene.match) or _NOT_YOURS.search(scene.after)):
        return True
    if _NOT_BEFORE.search(scene.clause_before) and code != "evasive":
        return True
    return _disowned_report(scene)


def _disowned_report(scene: Scene) -> bool:
    return reported(scene) or disowned(scene)
