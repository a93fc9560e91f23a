"""The pages of courses. Wagtail finds the page; who may see it, and how far they have come, is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses import outline, selectors, services
from courses.errors import CoursesError
from courses.models import CheckAnswer, CourseIndexPage, CoursePage, LessonPage, RolePlayResult
from courses.progress import Task

BODY_CACHE_SECONDS = 3600
COUNTING_BLOCKS = ("check", "role_play")


def refusal(error: CoursesError) -> str:
    """What a person reads when something was refused."""
    sentences = {
        "locked": _("This lesson opens when the one before it has been read."),
        "not_open": _("This course is not open to you."),
        "not_a_trainee": _("Only trainees take courses; you can read them, and nothing is recorded."),
        "nothing_chosen": _("Choose an answer first."),
        "no_such_answer": _("This question has been changed meanwhile. Please read it again and answer once more."),
        "no_such_question": _("This question has been changed meanwhile. Please read it again and answer once more."),
    }
    return sentences[error.code]


def login_first(request: HttpRequest) -> HttpResponse | None:
    return None if request.user.is_authenticated else redirect_to_login(request.get_full_path())


def _open_course(request: HttpRequest, **where: Any) -> CoursePage:
    """The course at `where`, if it is open to whoever is looking; otherwise it does not exist for them."""
    found = selectors.courses_open_to(request.user).filter(**where).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD"])
def course_list(request: HttpRequest, page: CourseIndexPage) -> HttpResponse:
    """The courses open to the person, each with how far they have come."""
    if response := login_first(request):
        return response
    learning, keeps_progress = selectors.learning_of(request.user), selectors.is_trainee(request.user)
    return render(request, "courses/course_list.html", {"page": page, "learning": learning, "keeps_progress": keeps_progress})


def course_list_here(request: HttpRequest) -> HttpResponse:
    return course_list(request, get_object_or_404(CourseIndexPage.objects.live()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def course(request: HttpRequest, page: CoursePage) -> HttpResponse:
    """What the course is about and the path through it; POST begins it. Called by the CMS, which has found the page."""
    if response := login_first(request):
        return response
    return _course(request, page if request.is_preview else _open_course(request, pk=page.pk))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def course_here(request: HttpRequest, course_slug: str) -> HttpResponse:
    request.is_preview = False
    return login_first(request) or _course(request, _open_course(request, slug=course_slug))


def _course(request: HttpRequest, page: CoursePage) -> HttpResponse:
    if request.method == "POST":
        try:
            services.enrol(request.user, page)
        except CoursesError as error:
            messages.error(request, refusal(error))
            return redirect(page.url)
        found = selectors.course_progress(request.user, page).next
        return redirect(found[0].lesson.url if found else page.url)
    mine = selectors.course_progress(request.user, page)
    keeps_progress = selectors.is_trainee(request.user) and not request.is_preview
    return render(request, "courses/course.html", {"page": page, "mine": mine, "keeps_progress": keeps_progress})


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a lesson: ready HTML, or a question or role-play by its key."""

    kind: str
    html: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A check question as it stands for one person: with their last answer, if it is still the same question."""

    check: outline.Check
    answer: CheckAnswer | None = None
    answered_before: bool = False
    problem: str = ""

    @property
    def options(self) -> list[dict[str, Any]]:
        chosen = set(self.answer.choice) if self.answer else set()
        return [
            {"number": number, "option": option, "chosen": number in chosen, "told": self.answer and (number in chosen or option.right)}
            for number, option in enumerate(self.check.options)
        ]


@dataclass(frozen=True, slots=True)
class Play:
    """A role-play block as it stands for one person."""

    role_play: outline.RolePlay
    title: str
    context_key: str
    best: RolePlayResult | None
    tries: int

    @property
    def passed(self) -> bool:
        return self.best is not None and self.best.passed and self.best.score >= self.role_play.pass_score


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request: HttpRequest, page: LessonPage) -> HttpResponse:
    """A lesson to read; POST answers a question of it or says that it is read. Called by the CMS, which has found the page."""
    if response := login_first(request):
        return response
    course_path = page.path[: -LessonPage.steplen]
    course_page = CoursePage.objects.get(path=course_path) if request.is_preview else _open_course(request, path=course_path)
    return _lesson(request, course_page, page, selectors.course_progress(request.user, course_page))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_here(request: HttpRequest, course_slug: str, lesson_slug: str) -> HttpResponse:
    request.is_preview = False
    if response := login_first(request):
        return response
    course_page = _open_course(request, slug=course_slug)
    mine = selectors.course_progress(request.user, course_page)
    page = next((step.lesson for step in mine.steps if step.lesson.slug == lesson_slug), None)
    if page is None:
        raise Http404
    return _lesson(request, course_page, page, mine)


def _lesson(request: HttpRequest, course_page: CoursePage, page: LessonPage, mine: selectors.CourseProgress) -> HttpResponse:
    if request.method == "POST":
        return _answer(request, page) if request.POST.get("action") == "answer" else _read(request, page)
    step = mine.step(page)
    keeps_progress = selectors.is_trainee(request.user) and not request.is_preview
    if keeps_progress:
        if step is None or not step.is_open:
            messages.info(request, refusal(CoursesError("locked")))
            return redirect(course_page.url)
        enrolment = mine.enrolment or services.enrol(request.user, course_page)
        if page.pk not in mine.opened:
            services.visit(enrolment, page)
    return render(request, "courses/lesson.html", _lesson_context(request, page, course_page, mine, keeps_progress=keeps_progress))


def _lesson_context(
    request: HttpRequest, page: LessonPage, course_page: CoursePage, mine: selectors.CourseProgress, *, keeps_progress: bool
) -> dict[str, Any]:
    body = page.words("body")
    asked = outline.outline(body.get_prep_value() if request.is_preview else body.raw_data)
    steps = list(mine.steps)
    place = next((number for number, step in enumerate(steps) if step.lesson.pk == page.pk), None)
    following = steps[place + 1] if place is not None and place + 1 < len(steps) else None
    return {
        "page": page,
        "course": course_page,
        "mine": mine,
        "step": steps[place] if place is not None else None,
        "number": (place or 0) + 1,
        "previous": steps[place - 1] if place else None,
        "following": following,
        "keeps_progress": keeps_progress,
        "is_read": page.pk in mine.done.read,
        "repeat": Task.ANSWER_AGAIN if mine.next and mine.next[1] is Task.ANSWER_AGAIN else None,
        "parts": _parts(request, page, body),
        "questions": _questions(mine, page, asked),
        "plays": _plays(mine, page, asked),
    }


def _parts(request: HttpRequest, page: LessonPage, body: Any) -> list[Part]:
    """The body with everything rendered that is the same for everybody. Rendering costs more than all queries, so it is kept."""
    if request.is_preview or page.live_revision_id is None:
        return _rendered(body)
    name = f"lesson-body:{page.pk}:{page.live_revision_id}:{get_language()}"
    parts = cache.get(name)
    if parts is None:
        parts = _rendered(body)
        cache.set(name, parts, BODY_CACHE_SECONDS)
    return parts


def _rendered(body: Any) -> list[Part]:
    return [
        Part(block.block_type, key=block.value["key"])
        if block.block_type in COUNTING_BLOCKS
        else Part(block.block_type, html=block.render())
        for block in body
    ]


def _questions(mine: selectors.CourseProgress, page: LessonPage, asked: outline.Outline) -> dict[str, Question]:
    last: dict[str, CheckAnswer] = {}
    if mine.enrolment and asked.checks:
        last = {answer.key: answer for answer in mine.enrolment.answers.filter(lesson=page)}
    return {check.key: _question(check, last.get(check.key)) for check in asked.checks}


def _question(check: outline.Check, last: CheckAnswer | None) -> Question:
    same = last is not None and last.content_hash == check.fingerprint
    return Question(check, answer=last if same else None, answered_before=last is not None and not same)


def _plays(mine: selectors.CourseProgress, page: LessonPage, asked: outline.Outline) -> dict[str, Play]:
    if not asked.role_plays:
        return {}
    titles = selectors.scenario_titles(role_play.scenario for role_play in asked.role_plays)
    plays = {}
    for role_play in asked.role_plays:
        own = [result for result in mine.results if result.lesson_id == page.pk and result.key == role_play.key]
        plays[role_play.key] = Play(
            role_play,
            title=titles.get(role_play.scenario, ""),
            context_key=selectors.context_key(page, role_play.key),
            best=max(own, key=lambda result: (result.passed, result.score), default=None),
            tries=len({result.session_id for result in own}),
        )
    return plays


def _answer(request: HttpRequest, page: LessonPage) -> HttpResponse:
    """Take an answer. The page's script asks for the question alone; a browser without it gets the whole page again."""
    key = request.POST.get("key", "")
    check = outline.outline(page.words("body").raw_data).check(key)
    answer, problem = None, ""
    try:
        choice = [int(number) for number in request.POST.getlist("choice") if number.isdecimal() and len(number) < 4]
        answer = services.answer_check(request.user, page, key, choice, language=get_language() or "")
    except CoursesError as error:
        problem = refusal(error)
    if request.headers.get("X-Requested-With") == "fetch" and check is not None:
        question = Question(check, answer=answer, problem=problem)
        context = {"question": question, "page": page, "keeps_progress": True}
        return render(request, "courses/_check.html", context, status=422 if problem else 200)
    if problem:
        messages.error(request, problem)
    return redirect(f"{page.url}#{key}")


def _read(request: HttpRequest, page: LessonPage) -> HttpResponse:
    try:
        services.mark_lesson_read(request.user, page)
    except CoursesError as error:
        messages.error(request, refusal(error))
        return redirect(page.url)
    course_page = services.course_of(page)
    steps = selectors.course_progress(request.user, course_page).steps
    place = next((number for number, step in enumerate(steps) if step.lesson.pk == page.pk), len(steps))
    return redirect(steps[place + 1].lesson.url if place + 1 < len(steps) else course_page.url)
