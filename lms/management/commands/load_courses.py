"""Load the courses that come with the program."""

from django.core.management.base import BaseCommand

from courses import shipped


class Command(BaseCommand):
    help = "Prepare the CMS for courses and load the shipped ones. What an author has edited is never overwritten."

    def handle(self, *args, **options) -> None:
        report = shipped.load_all()
        for word, addresses in (("created", report.created), ("updated", report.updated), ("draft", report.drafted)):
            for address in addresses:
                self.stdout.write(f"{word:8} {address}")
        self.stdout.write(
            f"{len(report.created)} new, {len(report.updated)} updated, {len(report.drafted)} left as drafts beside an author's own text."
        )
