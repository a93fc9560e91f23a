from django.core.management import BaseCommand

from certificates import fonts


class Command(BaseCommand):
    help = "Make the font of certificates in the data folder, once; a few seconds."

    def handle(self, *args: object, **options: object) -> None:
        seconds = fonts.prepare()
        if seconds is not None:
            self.stdout.write(f"{fonts.common().name}: {fonts.common().stat().st_size / 1e6:.1f} MB in {seconds:.1f} s")
