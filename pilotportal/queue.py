"""Handing work to the queue once the transaction is committed."""

from typing import Any

from celery import Task
from django.db import transaction


def after_commit(task: "Task[Any, Any]", **arguments: Any) -> None:
    """Queue `task` when what it works on has been committed.

    A queue that cannot be reached is logged and never turns an acknowledged act into an error page: every task queued here has a
    periodic one that looks for what was left undone.
    """

    def hand_over() -> None:  # a function with a name, which Django's log of a failure asks for; a partial has none
        task.delay(**arguments)

    transaction.on_commit(hand_over, robust=True)
