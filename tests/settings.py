"""The settings under test: those of the program, with static files named plainly and passwords hashed quickly."""

from lms.settings import *  # noqa: F403
from lms.settings import STORAGES

STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
