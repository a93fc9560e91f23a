from django.core.management import BaseCommand

from assessment import services


class Command(BaseCommand):
    help = "Bring in the rubrics that ship with the program. A version that is here already is left as it is."

    def handle(self, *args: object, **options: object) -> None:
        for rubric in services.load_rubrics():
            self.stdout.write(f"rubric {rubric} loaded")
