"""Utterance to acts: offline, in Chinese and English, in about a millisecond, with the words that carry each act."""

from simulator.nlu.reader import READER_VERSION, Context, read, warm

__all__ = ["READER_VERSION", "Context", "read", "warm"]
