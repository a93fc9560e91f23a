"""What the trainee of the story says to the customer of “Turned away at the counter”: a careful handler's words, one turn after another."""

from __future__ import annotations

LINES = {
    "zh-hans": (
        "您好，我是投诉专员小林，工号1034。当着那么多人被这样说，换成谁心里都不好受。您慢慢讲，我在记。",
        "是我们的柜员说话不当，让您当众难堪，我向您道歉。请问这是哪一天的事，在哪个网点？",
        "请问是哪个窗口？这件事您之前向我们反映过吗？",
        "我跟您核对一下：您排了很久的队，柜员当众训了您，您希望她当面道歉，对吗？",
        "您的投诉我已经登记好了，编号是TS48422。接下来我先核实，再把结果告诉您，3个工作日内给您答复。有事您直接找我，分机1034。",
        "我现在就可以安排支行负责人带着当事人当面向您道歉，您看这样行吗？",
        "好，我马上安排当面道歉，3个工作日内办妥。您要是对结果不满意，可以向总行申请复核，也可以打12378反映，这是您的权利。",
        "这样处理，您看还满意吗？",
        "谢谢您告诉我们，这个问题我们会改。再见。",
    ),
    "en": (
        "Good morning, this is Lin from the complaints desk, staff number 1034. To be spoken to like that in front of everybody "
        "must have been upsetting. Take your time, I am writing it down.",
        "Our cashier spoke to you rudely, and I am sorry that we embarrassed you like that. On which day was it, and at which branch?",
        "Which counter was it? Have you told us about this before?",
        "Let me check that I have it right: you queued for a long time, you were scolded by the cashier in front of everybody, "
        "and you would like her to apologise in person. Is that correct?",
        "Your complaint is now on record under number TS48422. Next I check what happened, then I tell you the result. You will "
        "hear from me within 3 working days. You can reach me directly on extension 1034.",
        "What I can offer is an apology in person, from her and the head of the branch. Would that be all right with you?",
        "Good, I am arranging the apology in person now, and it will be done within 3 working days. If you are not happy with "
        "our answer, you can ask head office for a review or take it to the 12378 hotline. That is your right.",
        "Are you happy with that?",
        "Thank you for telling us. We will fix what went wrong here. Goodbye.",
    ),
}
