#!/usr/bin/env python3
"""A deployer for Lockstep: runs a command for every deployment that starts, and reports how it went.

    apt install python3-kafka
    ./deployer.py --environment staging -- ./deploy.sh

The command finds the deployment in its environment variables: LOCKSTEP_APPLICATION, LOCKSTEP_RELEASE,
LOCKSTEP_ENVIRONMENT, LOCKSTEP_DEPLOYMENT, LOCKSTEP_ACTION (deploy, rollback, redeploy or undeploy),
LOCKSTEP_PREVIOUS_RELEASE and LOCKSTEP_ARTIFACT_ID. Exit code 0 is reported as succeeded, any other as failed; what
could not be run, or was running when this program died, as errored. When somebody cancels the deployment the
command gets SIGTERM, and what is left of it after --grace seconds SIGKILL; that is reported as cancelled, unless the
exit code is 0: then it was too late.

Each deployment is run at most once: it is noted in a file under --state before its offset is committed, and the
command begins after that. What lies there is looked at again after a restart. See docs/deploying.md.
"""

import argparse
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

LOG = logging.getLogger("deployer")
STARTED = "dev.cdeventsx.lockstep-deployment.started.0.1.0"
CANCEL_REQUESTED = "dev.cdeventsx.lockstep-deployment.cancelrequested.0.1.0"
FINISHED = "dev.cdeventsx.lockstep-deployment.finished.0.1.0"
REJECTED = "dev.lockstep.command.rejected.v1"
LONGEST_MESSAGE = 4000


class Notes:
    """What is known of each deployment, a file each: claimed, once it has ended the report, and whether that was sent.

    Forgotten when Lockstep has told of the end: until then the start may be told twice.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def all(self):
        return [json.loads(file.read_text()) for file in sorted(self.folder.glob("*.json"))]

    def has(self, deployment):
        return self.file(deployment).exists()

    def write(self, note):
        new = self.file(note["deployment"]).with_suffix(".new")
        with open(new, "w") as file:
            json.dump(note, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.file(note["deployment"]))

    def forget(self, deployment):
        self.file(deployment).unlink(missing_ok=True)

    def file(self, deployment):
        return self.folder / f"{uuid.UUID(deployment)}.json"


class Deployer:
    def __init__(self, options):
        self.options = options
        self.notes = Notes(options.state)
        self.runs = {}
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.producer = KafkaProducer(bootstrap_servers=options.bootstrap, acks="all", retries=10)
        self.consumer = KafkaConsumer(
            bootstrap_servers=options.bootstrap,
            group_id=options.group,
            enable_auto_commit=False,
            auto_offset_reset="latest",
        )
        self.consumer.subscribe([options.events, options.results])

    def work(self):
        self.after_restart()
        threading.Thread(target=self.heartbeats, daemon=True).start()
        known = None
        while not self.stopping.is_set():
            polled = self.consumer.poll(timeout_ms=500)
            for records in polled.values():
                for record in records:
                    self.take(record)
            if polled or known != self.consumer.assignment():
                known = self.consumer.assignment()
                with contextlib.suppress(KafkaError):  # another one has these now, or it is done next time
                    self.commit({place: self.consumer.position(place) for place in known})

    def after_restart(self):
        """What had been claimed for good was perhaps running: nobody knows how far it came."""
        for note in self.notes.all():
            if "told" in note:
                continue
            if "status" not in note:
                committed = self.consumer.committed(TopicPartition(self.options.events, note["partition"]))
                if committed is not None and committed <= note["offset"]:
                    self.notes.forget(note["deployment"])  # it will come again, here or elsewhere
                    continue
                note.update(status="errored", message="The deployer died while this was running.")
                self.notes.write(note)
            self.tell(note)

    def take(self, record):
        headers = {name: value.decode() for name, value in record.headers}
        type_ = headers.get("ce_type")
        if record.topic == self.options.results:
            if type_ == REJECTED:
                self.refused(json.loads(record.value))
        elif type_ in (STARTED, CANCEL_REQUESTED, FINISHED):
            ours = json.loads(record.value)["customData"]["lockstep"]
            if self.is_mine(ours):
                self.happened(type_, ours, json.loads(record.value)["subject"]["content"], record)

    def is_mine(self, ours):
        application = self.options.application
        return ours["deployment"]["environment"] in self.options.environment and (
            not application or ours["application"] in application
        )

    def happened(self, type_, ours, content, record):
        deployment = ours["deployment"]["id"]
        if type_ == STARTED:
            if self.notes.has(deployment) or deployment in self.runs:
                return  # seen before: a record can come twice
            note = {
                "deployment": deployment,
                "application": ours["application"],
                "partition": record.partition,
                "offset": record.offset,
            }
            self.notes.write(note)
            self.commit({TopicPartition(record.topic, record.partition): record.offset + 1})
            run = Run(self, note, ours["deployment"], content.get("artifactId", ""))
            with self.lock:
                self.runs[deployment] = run
            run.start()
            return
        with self.lock:
            run = self.runs.get(deployment)
            if run:
                # somebody called it off, or has reported it by hand, or its time is up
                run.stop(cancelled=type_ == CANCEL_REQUESTED)
            elif type_ == FINISHED:
                self.notes.forget(deployment)

    def refused(self, result):
        if result["commandSource"] == self.options.source:
            LOG.warning("report refused: %s", result["problem"]["detail"])

    def commit(self, next_offsets):
        more = [-1] if "leader_epoch" in OffsetAndMetadata._fields else []  # kafka-python from 2.1 on
        self.consumer.commit({place: OffsetAndMetadata(next_, "", *more) for place, next_ in next_offsets.items()})

    def heartbeats(self):
        while True:
            time.sleep(self.options.heartbeat)
            with self.lock:
                running = [run.note for run in self.runs.values() if not run.ended]
            for note in running:
                try:
                    self.report(note, "in_progress", str(uuid.uuid4()), {})
                except KafkaError as failure:
                    LOG.warning("%s no heartbeat: %s", note["deployment"], failure)

    def tell(self, note):
        # the same id for the same report: sent twice, it counts once
        details = {"message": note["message"]} if note.get("message") else {}
        while True:
            try:
                self.report(note, note["status"], f"{note['deployment']}/{note['status']}", details).get(timeout=60)
                break
            except KafkaError as failure:
                LOG.warning("%s not reported yet: %s", note["deployment"], failure)
                time.sleep(5)
        LOG.info("%s %s", note["deployment"], note["status"])
        with self.lock:
            run = self.runs.pop(note["deployment"], None)
            if run and run.overtaken:
                self.notes.forget(note["deployment"])
            else:
                self.notes.write({**note, "told": True})

    def report(self, note, status, id_, details):
        data = {"application": note["application"], "deployment": note["deployment"], "status": status, **details}
        if self.options.url:
            data["url"] = self.options.url.format(**note)
        headers = {
            "ce_specversion": "1.0",
            "ce_id": id_,
            "ce_source": self.options.source,
            "ce_type": "dev.lockstep.deployment.report.v1",
            "content-type": "application/json",
        }
        return self.producer.send(
            self.options.commands,
            key=note["application"].encode(),
            value=json.dumps(data).encode(),
            headers=[(name, value.encode()) for name, value in headers.items()],
        )

    def stop(self, *_):
        """What is running goes on to its end, and is reported; nothing more is begun."""
        self.stopping.set()


class Run(threading.Thread):
    """One command at work."""

    def __init__(self, deployer, note, deployment, artifact):
        super().__init__(name=note["deployment"])
        self.deployer = deployer
        self.note = note
        self.process = None
        self.cancelled = False
        self.overtaken = False
        self.ended = False
        self.variables = {
            "LOCKSTEP_APPLICATION": note["application"],
            "LOCKSTEP_RELEASE": deployment["release"],
            "LOCKSTEP_ENVIRONMENT": deployment["environment"],
            "LOCKSTEP_DEPLOYMENT": deployment["id"],
            "LOCKSTEP_ACTION": deployment["action"],
            "LOCKSTEP_PREVIOUS_RELEASE": deployment["previousRelease"] or "",
            "LOCKSTEP_ARTIFACT_ID": artifact,
        }

    def run(self):
        LOG.info("%s starts: %s to %s", self.name, self.variables["LOCKSTEP_RELEASE"], self.variables["LOCKSTEP_ENVIRONMENT"])
        try:
            self.process = subprocess.Popen(
                self.deployer.options.command,
                env={**os.environ, **self.variables},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            with self.deployer.lock:
                if self.cancelled or self.overtaken:  # while it began
                    self.terminate()
            output, _ = self.process.communicate()
            status = "succeeded" if self.process.returncode == 0 else "cancelled" if self.cancelled else "failed"
            message = "" if status == "succeeded" else output.decode(errors="replace").strip()
        except OSError as failure:
            status, message = "errored", f"The command could not be run: {failure.strerror}"
        clean = "".join(c for c in message if c.isprintable() or c in "\n\t")[-LONGEST_MESSAGE:]
        with self.deployer.lock:
            self.ended = True
            if self.overtaken:  # Lockstep knows another end of it
                self.deployer.runs.pop(self.name)
                self.deployer.notes.forget(self.name)
                return
        # noted before it is sent: the same one is sent again after a crash
        note = {**self.note, "status": status, "message": clean}
        self.deployer.notes.write(note)
        self.deployer.tell(note)

    def stop(self, cancelled):
        self.cancelled = self.cancelled or cancelled
        self.overtaken = self.overtaken or not cancelled
        if self.process:
            self.terminate()

    def terminate(self):
        self.signal(signal.SIGTERM)
        killer = threading.Timer(self.deployer.options.grace, self.signal, [signal.SIGKILL])
        killer.daemon = True
        killer.start()

    def signal(self, number):
        if not self.ended:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bootstrap", default="localhost:9092", help="brokers (default: %(default)s)")
    parser.add_argument("--environment", action="append", required=True, help="one to deploy to; may be repeated")
    parser.add_argument("--application", action="append", help="only this one; may be repeated (default: all)")
    parser.add_argument("--group", default="deployer", help="consumer group (default: %(default)s)")
    parser.add_argument("--source", default="/deployer", help="ce_source of the reports (default: %(default)s)")
    parser.add_argument("--state", default="deployer-state", help="folder for notes (default: %(default)s)")
    parser.add_argument("--heartbeat", type=float, default=30, help="seconds between reports (default: %(default)s)")
    parser.add_argument("--grace", type=float, default=30, help="seconds from SIGTERM to SIGKILL (default: %(default)s)")
    parser.add_argument("--url", help="where to look on, with {application} and {deployment}")
    parser.add_argument("--events", default="lockstep.events.v1")
    parser.add_argument("--commands", default="lockstep.commands.v1")
    parser.add_argument("--results", default="lockstep.results.v1")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="-- the command and its arguments")
    options = parser.parse_args()
    options.command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not options.command:
        parser.error("say what to run, behind --")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("kafka").setLevel(logging.WARNING)
    deployer = Deployer(options)
    signal.signal(signal.SIGTERM, deployer.stop)
    signal.signal(signal.SIGINT, deployer.stop)
    deployer.work()
    while deployer.runs:
        time.sleep(0.1)
    deployer.producer.flush()
    deployer.consumer.close(autocommit=False)


if __name__ == "__main__":
    main()
