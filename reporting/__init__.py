"""What leaves the portal: documents, workbooks, boards, public pages. It reads both apps below and changes neither."""
