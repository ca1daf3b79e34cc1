// A stranger's client: the CloudEvents SDK for JavaScript in binary mode, over the client that is named as an argument.
// Creates a release, deploys it, is refused its delete, and prints what it then reads of it, as one line of JSON.
import { CloudEvent, Kafka } from "cloudevents";

const [client, bootstrap, application] = process.argv.slice(2);
const kafka = await import(`./${client}.mjs`);
const data = { application, release: "1.0.0" };

async function send(commands) {
  const messages = commands.map(([type, data]) => {
    const event = new CloudEvent({
      source: "/strangers/js",
      type: `dev.lockstep.${type}.v1`,
      partitionkey: application,
      correlationid: `journey-${application}`,
      datacontenttype: "application/json",
      data,
    });
    const { key, value, headers } = Kafka.binary(event);
    return { key, value: JSON.stringify(value), headers };
  });
  await kafka.send(bootstrap, "lockstep.commands.v1", messages);
}

/** Reads a topic from its beginning until `enough` says so of this journey's events. */
async function read(topic, enough) {
  const events = [];
  await kafka.read(bootstrap, topic, `stranger-${topic}-${application}`, (message) => {
    // The SDK takes no tombstone.
    const event = message.value && Kafka.toEvent(message);
    if (event?.correlationid === `journey-${application}`) {
      events.push(event);
    }
    return enough(events);
  });
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
