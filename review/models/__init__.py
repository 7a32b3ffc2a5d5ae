from review.models.experts import DrawCommitment, Expert, PanelDraw, PanelMember, Pledge, Recusal
from review.models.scoring import AssignmentRun, FormalCheck, Mark, MarkChange, ScoreSheet
from review.models.selection import Ranking, Selection, SelectionEntry, TieResolution

__all__ = [
    "AssignmentRun",
    "DrawCommitment",
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
    "TieResolution",
]
