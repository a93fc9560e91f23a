"""The demo bank: invented people whose history is made by playing, never by drawing a score."""
