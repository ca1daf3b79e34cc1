// The client @platformatic/kafka, for stranger.mjs.
import { Consumer, FetchIsolationLevels, MessagesStreamModes, Producer, stringDeserializers, stringSerializers } from "@platformatic/kafka";

export async function send(bootstrap, topic, messages) {
  const producer = new Producer({ clientId: "stranger", bootstrapBrokers: [bootstrap], serializers: stringSerializers });
  for (const message of messages) {
    await producer.send({ messages: [{ topic, ...message }] });
  }
  await producer.close();
}

/** Reads a topic from its beginning until `enough` says so of a message. */
export async function read(bootstrap, topic, groupId, enough) {
  const consumer = new Consumer({ clientId: "stranger", bootstrapBrokers: [bootstrap], groupId, deserializers: stringDeserializers });
  const stream = await consumer.consume({
    topics: [topic],
    mode: MessagesStreamModes.EARLIEST,
    isolationLevel: FetchIsolationLevels.READ_COMMITTED,
    autocommit: false,
  });
  for await (const { key, value, headers } of stream) {
    if (enough({ key, value, headers: Object.fromEntries(headers) })) {
      break;
    }
  }
  await consumer.close(true);
}
