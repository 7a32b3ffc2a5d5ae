"""Exit code 0 when the web server of this container answers: `python deploy/healthcheck.py [/ready/]`."""

import http.client
import os
import sys

FIRST_HOST = os.environ["PORTAL_HOSTS"].split(",")[0].strip().lstrip(".").replace("*", "localhost")  # the portal answers to no other name

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
connection.request("GET", sys.argv[1] if len(sys.argv) > 1 else "/health/", headers={"Host": FIRST_HOST})
sys.exit(connection.getresponse().status != http.HTTPStatus.OK)
