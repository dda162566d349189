"""Prints random requests that botocore signed, one JSON object a line.

    sign_requests.py SEED COUNT

The same seed gives the same requests. Every fourth is signed in its headers for S3, every fourth in its
query, every fourth in its query for S3, the others in their headers.
"""

import base64
import datetime
import json
import random
import sys
from urllib.parse import quote, urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import percent_encode_sequence

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# What tests an encoding: reserved, unreserved, space, percent, more than a byte.
ODD = "-._~ %/+&=:;,@!$'()*?#[]\"<>\\^`{|}éß☃𝄞"


def text(rng, length, odd=0.3):
    return "".join(
        rng.choice(ODD) if rng.random() < odd else rng.choice(LETTERS)
        for _ in range(length)
    )


def path(rng, is_s3):
    parts = [text(rng, rng.randrange(1, 9)) for _ in range(rng.randrange(0, 4))]
    if rng.random() < 0.3:
        parts.insert(rng.randrange(len(parts) + 1), rng.choice(["", ".", "..", "..."]))
    # botocore encodes what it puts into a path once, slashes and dots too where they are no parts.
    encoded = [quote(part, safe="~") for part in parts]
    tail = "/" if encoded and rng.random() < 0.3 else ""
    result = "/" + "/".join(encoded) + tail
    # Two slashes at the beginning would be a host for urlsplit.
    return "/x" + result if result.startswith("//") else result


def value(rng):
    words = [text(rng, rng.randrange(1, 8), 0.2) for _ in range(rng.randrange(1, 4))]
    joined = rng.choice([" ", "  ", "   ", " \t "]).join(word.strip() for word in words)
    return rng.choice(["", " "]) + joined + rng.choice(["", "  "])


def headers(rng):
    found = []
    for _ in range(rng.randrange(0, 4)):
        name = rng.choice(["X-Amz-Meta-", "x-amz-", "X-Custom-", "My-"]) + text(rng, 4, 0)
        if name.lower() in ("x-amz-date",):
            continue
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            found.append((name, value(rng)))
    if rng.random() < 0.7:
        found.append(("Content-Type", "application/x-amz-json-1.1"))
        found.append(("X-Amz-Target", "AWSEvents." + text(rng, 8, 0)))
    if rng.random() < 0.5:
        found.append(("User-Agent", "Boto3/1.43 " + text(rng, 6, 0)))
        found.append(("X-Amzn-Trace-Id", "Root=" + text(rng, 6, 0)))
    rng.shuffle(found)
    return found


def request(rng, number):
    kind = ["header", "s3", "query", "s3-query"][number % 4]
    is_s3 = kind.startswith("s3")
    time = datetime.datetime(2001, 1, 1) + datetime.timedelta(
        seconds=rng.randrange(60 * 366 * 86_400)
    )
    botocore.auth.get_current_datetime = lambda: time
    credentials = Credentials(
        "AKID" + text(rng, 12, 0),
        text(rng, 40, 0.1),
        text(rng, 60, 0) if rng.random() < 0.3 else None,
    )
    region = rng.choice(["us-east-1", "eu-west-1", "ap-southeast-2", "local"])
    service = "s3" if is_s3 else rng.choice(["events", "schemas", "sts", "scheduler"])
    host = rng.choice(["localhost:8787", "events.eu-west-1.amazonaws.com", "127.0.0.1"])
    query = percent_encode_sequence(
        {text(rng, rng.randrange(1, 5)): text(rng, rng.randrange(0, 7))
         for _ in range(rng.randrange(0, 5))}
    )
    url = f"http://{host}{path(rng, is_s3)}" + (f"?{query}" if query else "")
    is_presigned = kind.endswith("query")
    method = rng.choice(["GET", "DELETE"] if is_presigned else ["POST", "PUT", "GET", "PATCH"])
    body = b"" if is_presigned else rng.randbytes(rng.choice([0, 1, 40, 200, 3_000]))
    signed = AWSRequest(method=method, url=url, data=body or None)
    for name, content in headers(rng):
        signed.headers.add_header(name, content)
    if not is_presigned and rng.random() < 0.2:
        signed.headers["Date"] = "now"
    signer = {
        "header": botocore.auth.SigV4Auth,
        "s3": botocore.auth.S3SigV4Auth,
        "query": botocore.auth.SigV4QueryAuth,
        "s3-query": botocore.auth.S3SigV4QueryAuth,
    }[kind](credentials, service, region)
    signer.add_auth(signed)
    parts = urlsplit(signed.url)
    return {
        "kind": kind,
        "method": method,
        "path": parts.path,
        "query": parts.query,
        "headers": [["Host", host]] + [[n, str(v)] for n, v in signed.headers.items()],
        "body": base64.b64encode(body).decode(),
        "time": time.strftime("%Y%m%dT%H%M%SZ"),
        "key": credentials.access_key,
        "secret": credentials.secret_key,
        "token": credentials.token,
        "region": region,
        "service": service,
    }


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    print(f"SWITCHYARD_SEED={seed}", file=sys.stderr)
    rng = random.Random(seed)
    for number in range(count):
        print(json.dumps(request(rng, number)))


main()
