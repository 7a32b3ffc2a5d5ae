from review.models.experts import Expert, PanelDraw, PanelMember, Pledge, Recusal
from review.models.scoring import AssignmentRun, FormalCheck, Mark, MarkChange, ScoreSheet
from review.models.selection import Ranking, Selection, SelectionEntry

__all__ = [
    "AssignmentRun",
    "Expert",
    "FormalCheck",
    "Mark",
    "MarkChange",
    "PanelDraw",
    "PanelMember",
    "Pledge",
    "Ranking",
    "Recusal",
    "ScoreSheet",
    "Selection",
    "SelectionEntry",
]
