"""The only writers. Each locks, asks the rule, writes, records in the same transaction, and queues what follows the commit."""

from applications.rules import Refused

__all__ = ["Refused"]
