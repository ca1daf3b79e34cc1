// The client kafkajs as it is installed, without a codec plug-in, for stranger.mjs.
import { Kafka, logLevel, Partitioners } from "kafkajs";

const client = (bootstrap) => new Kafka({ clientId: "stranger", brokers: [bootstrap], logLevel: logLevel.ERROR });
/** Without those that have no value, as the CloudEvents SDK leaves them: it does not take them. */
const present = (headers) => Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
const text = (bytes) => bytes?.toString() ?? null;

export async function send(bootstrap, topic, messages) {
  const producer = client(bootstrap).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (const { headers, ...message } of messages) {
    await producer.send({ topic, messages: [{ ...message, headers: present(headers) }] });
  }
  await producer.disconnect();
}

/** Reads a topic from its beginning until `enough` says so of a message. It reads what is committed only, unless told otherwise. */
export async function read(bootstrap, topic, groupId, enough) {
  const consumer = client(bootstrap).consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    const eachMessage = async ({ message: { key, value, headers } }) => {
      const names = Object.entries(headers).map(([name, bytes]) => [name, text(bytes)]);
      if (enough({ key: text(key), value: text(value), headers: Object.fromEntries(names) })) {
        resolve();
      }
    };
    consumer.run({ autoCommit: false, eachMessage }).catch(reject);
  });
  await consumer.disconnect();
}
