"""What can be refused in courses, by a code that pages turn into words."""


class CoursesError(Exception):
    """A request that cannot be done; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
