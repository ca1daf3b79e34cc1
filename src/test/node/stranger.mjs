// A stranger's client: the CloudEvents SDK for JavaScript in binary mode, over @platformatic/kafka.
// Creates a release, deploys it, is refused its delete, and prints what it then reads of it, as one line of JSON.
import { Consumer, FetchIsolationLevels, MessagesStreamModes, Producer, stringDeserializers, stringSerializers } from "@platformatic/kafka";
import { CloudEvent, Kafka } from "cloudevents";

const [bootstrap, application] = process.argv.slice(2);
const client = { clientId: "stranger", bootstrapBrokers: [bootstrap] };
const data = { application, release: "1.0.0" };

async function send(commands) {
  const producer = new Producer({ ...client, serializers: stringSerializers });
  for (const [type, data] of commands) {
    const event = new CloudEvent({
      source: "/strangers/js",
      type: `dev.lockstep.${type}.v1`,
      partitionkey: application,
      correlationid: `journey-${application}`,
      datacontenttype: "application/json",
      data,
    });
    const { key, value, headers } = Kafka.binary(event);
    await producer.send({
      messages: [{ topic: "lockstep.commands.v1", key, value: JSON.stringify(value), headers }],
    });
  }
  await producer.close();
}

/** Reads a topic from its beginning until `enough` says so. */
async function read(topic, enough) {
  const consumer = new Consumer({ ...client, groupId: `stranger-${topic}-${application}`, deserializers: stringDeserializers });
  const stream = await consumer.consume({
    topics: [topic],
    mode: MessagesStreamModes.EARLIEST,
    isolationLevel: FetchIsolationLevels.READ_COMMITTED,
    autocommit: false,
  });
  const events = [];
  for await (const { key, value, headers } of stream) {
    const event = Kafka.toEvent({ key, value, headers: Object.fromEntries(headers) });
    if (event.correlationid === `journey-${application}`) {
      events.push(event);
      if (enough(events)) {
        break;
      }
    }
  }
  await consumer.close(true);
  return events;
}

const has = (type) => (events) => events.some((event) => event.type.includes(type));

await send([
  ["release.create", { ...data, title: "By a stranger" }],
  ["release.deploy", data],
  ["release.delete", data],
]);
const results = await read("lockstep.results.v1", (events) => events.length === 3);
const events = await read("lockstep.events.v1", has("service.deployed"));
const releases = await read("lockstep.release-status.v1", (events) => events.some(({ data }) => !data.deletable));
const environments = await read("lockstep.deployment-status.v1", (events) => events.some(({ data }) => data.current));
console.log(
  JSON.stringify({
    outcomes: results.map(({ data }) => data.problem?.code ?? data.outcome),
    events: events.map(({ type }) => type),
    deletable: releases.at(-1).data.deletable,
    current: environments.at(-1).data.current.release,
  }),
);
