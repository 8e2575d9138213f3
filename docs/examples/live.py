"""A producer in Python: sends articles to a running `twicetold serve` and says which are new.

    python docs/examples/live.py http://127.0.0.1:8377 articles.jsonl

With the package it is two lines: twicetold.Client(url).add(path). This is what it does, with Python's own library.
"""
import json
import sys
import time
import urllib.error
import urllib.request

url, path = sys.argv[1:]
with open(path, "rb") as file:
    body = file.read()
for tried in range(5):
    try:
        with urllib.request.urlopen(url + "/articles", body) as answer:
            lines = [json.loads(line) for line in answer]
        break
    except urllib.error.HTTPError as error:
        if error.code != 429:  # too much at once
            raise
        time.sleep(float(error.headers["Retry-After"]))
for line in lines:
    if line["type"] == "verdict" and line["verdict"] == "new":
        print(json.dumps(line["id"]))
