"""A language model may say in other words what the engine's customer has decided to say. It decides nothing.

`check` says what is wrong with a wording; pure. `endpoint` asks a server of the OpenAI protocol. `service` does both for the
bubbles of a turn that are still on their way, and what passes is logged. Without a server in the settings none of this runs.
"""
