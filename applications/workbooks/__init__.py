"""The form as a workbook that is filled in away from the portal: written, read back, and held against what stands now."""

from applications.workbooks.passport import Passport
from applications.workbooks.proposal import Proposal, propose
from applications.workbooks.reading import CellFault, Filled, NotOurs, read
from applications.workbooks.writing import written

__all__ = ["CellFault", "Filled", "NotOurs", "Passport", "Proposal", "propose", "read", "written"]
