"""Clients of the server under test and of the backend beside it."""

import functools
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import boto3
import requests
from botocore.config import Config

from polling import eventually
from servers import ACCOUNT, REGION

# What the server answers itself; everything else is asked of the backend.
OWN_SERVICES = {"events", "sts"}


def fresh(kind):
    """A name that nothing has had before: `kind-1a2b3c4d`."""
    return f"{kind}-{uuid.uuid4().hex[:8]}"


class Queue:
    """A queue at the backend, and everything that was ever received from it."""

    def __init__(self, site, name=None, region=REGION, account=ACCOUNT):
        self.name = name or fresh("queue")
        self.sqs = site.client("sqs", account=account, region=region)
        self.url = self.sqs.create_queue(QueueName=self.name)["QueueUrl"]
        # The backend knows one account only; the ARN says which one the queue is thought to be in.
        self.arn = f"arn:aws:sqs:{region}:{account}:{self.name}"
        self.messages = []

    def poll(self):
        """Takes over what has arrived since."""
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                WaitTimeSeconds=0,
            )
            received = answer.get("Messages", [])
            for message in received:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            self.messages += received
            if not received:
                return self.messages

    def wait(self, count=1, seconds=None):
        """The messages, once there are at least `count`."""
        what = f"{count} message(s) in {self.name}"
        eventually(lambda: len(self.poll()) >= count, what, seconds)
        return list(self.messages)

    def events(self, count=1, seconds=None):
        """The bodies as JSON, once there are at least `count`."""
        return [json.loads(message["Body"]) for message in self.wait(count, seconds)]


class Site:
    """A server under test with the backend that its targets live at."""

    def __init__(self, server, backend, is_moto=False, is_switchyard=True):
        self.server = server
        self.backend = backend
        self.is_moto = is_moto
        self.is_switchyard = is_switchyard
        self.clients = {}

    @property
    def endpoint(self):
        return self.server.endpoint

    def client(self, service, account=ACCOUNT, region=REGION, validate=True):
        """An unmodified boto3 client, always the same one; the access key id is the account."""
        key = (service, account, region, validate)
        if key not in self.clients:
            self.clients[key] = self._new_client(*key)
        return self.clients[key]

    def _new_client(self, service, account, region, validate):
        own = service in OWN_SERVICES
        client = _session().client(
            service,
            endpoint_url=self.endpoint if own else self.backend,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="secret",
            config=Config(
                parameter_validation=validate,
                retries={"mode": "standard", "total_max_attempts": 1},
                connect_timeout=10,
                read_timeout=60,
            ),
        )
        if self.is_moto and account != ACCOUNT:
            # moto takes the account from a header, not from the access key.
            client.meta.events.register(
                "before-sign.*",
                lambda request, **_: request.headers.add_header("x-moto-account-id", account),
            )
        return client

    def queue(self, name=None, region=REGION, account=ACCOUNT):
        return Queue(self, name, region, account)

    def reset(self):
        """Everything that was made is gone."""
        answer = requests.post(f"{self.endpoint}/moto-api/reset", timeout=60)
        assert answer.ok, f"POST /moto-api/reset answers {answer.status_code} {answer.text[:200]}"

    def advance_clock(self, duration):
        """Moves the server's clock; what was due in between has happened then."""
        answer = self.server.admin("POST", "clock", json={"advance": duration})
        assert answer.ok, f"POST /_switchyard/clock answers {answer.status_code} {answer.text}"

    def aws(self, *arguments, account=ACCOUNT, region=REGION, status=0):
        """Runs awscli, and returns what it prints as JSON; text where that is none.

        With a `status` other than 0 the command has to fail so, and what it says is returned.
        """
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": region,
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_SNS": self.backend,
        }
        command = [sys.executable, str(Path(sys.executable).with_name("aws"))]
        if arguments[0] == "sqs":
            # awscli 1 has an address of its own for SQS, which goes before AWS_ENDPOINT_URL.
            arguments += ("--endpoint-url", self.backend)
        done = subprocess.run(
            command + [a if isinstance(a, str) else json.dumps(a) for a in arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        says = f"aws {' '.join(map(str, arguments[:2]))}: {done.stderr.strip()}"
        assert done.returncode == status, says
        if status:
            return done.stderr.strip()
        try:
            return json.loads(done.stdout) if done.stdout.strip() else {}
        except ValueError:
            return done.stdout.strip()


@functools.cache
def _session():
    return boto3.Session()
