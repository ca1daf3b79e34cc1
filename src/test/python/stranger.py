"""A stranger's client: kafka-python as it is installed, in structured mode.

Creates a release, deploys it, is refused its delete, and prints what it then reads of it, as one line of JSON.
"""

import json
import sys
import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

PATIENCE_SECONDS = 60

bootstrap, application = sys.argv[1:]
correlation = b"journey-" + application.encode()


def send(*commands):
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for number, (kind, more) in enumerate(commands):
        command = {
            "specversion": "1.0",
            "id": str(number),
            "source": "/strangers/python",
            "type": f"dev.lockstep.{kind}.v1",
            "correlationid": correlation.decode(),
            "data": {"application": application, "release": "1.0.0", **more},
        }
        producer.send(
            "lockstep.commands.v1",
            key=application.encode(),
            value=json.dumps(command).encode(),
            headers=[("content-type", b"application/cloudevents+json")],
        ).get(PATIENCE_SECONDS)
    producer.close()


def read(topic, enough):
    """Reads a topic from its beginning until enough has come of this journey. Before 2.1, kafka-python reads what is not
    committed, too, and takes the transactions' markers for records; those have no headers."""
    committed = {"isolation_level": "read_committed"} if "isolation_level" in KafkaConsumer.DEFAULT_CONFIG else {}
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, **committed)
    partitions = [TopicPartition(topic, partition) for partition in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    seen = []
    until = time.monotonic() + PATIENCE_SECONDS
    while not enough(seen):
        assert time.monotonic() < until, f"{topic}: {seen}"
        for records in consumer.poll(timeout_ms=200).values():
            for record in records:
                headers = dict(record.headers)
                if headers.get("ce_correlationid") == correlation:
                    seen.append((headers["ce_type"].decode(), json.loads(record.value)))
    consumer.close()
    return seen


send(("release.create", {"title": "By Python"}), ("release.deploy", {}), ("release.delete", {}))
results = read("lockstep.results.v1", lambda seen: len(seen) == 3)
events = read("lockstep.events.v1", lambda seen: any("service.deployed" in kind for kind, _ in seen))
releases = read("lockstep.release-status.v1", lambda seen: any(not data["deletable"] for _, data in seen))
environments = read("lockstep.deployment-status.v1", lambda seen: any(data["current"] for _, data in seen))
print(
    json.dumps(
        {
            "outcomes": [data.get("problem", {}).get("code", data["outcome"]) for _, data in results],
            "events": [kind for kind, _ in events],
            "deletable": releases[-1][1]["deletable"],
            "current": environments[-1][1]["current"]["release"],
        }
    )
)
