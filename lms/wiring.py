"""Who reacts to what, on one page.

| something happened | who reacts |
| --- | --- |
| a role-play came to its end | it is scored |
| a result was recorded | the course it belongs to moves on |
| a course was completed | its certificate is issued |
| a conversation was deleted | its results drop the words they quote |
"""

from collections.abc import Callable
from typing import Any

import assessment.services
import certificates.services
import courses.services
from lms.core.contracts import ConversationDeleted, CourseCompleted, ResultRecorded, SessionFinished

REACTIONS: dict[type, list[Callable[[Any], None]]] = {
    SessionFinished: [assessment.services.score_session],
    ResultRecorded: [courses.services.mark_lesson_done],
    CourseCompleted: [certificates.services.issue_if_earned],
    ConversationDeleted: [assessment.services.forget_words],
}
