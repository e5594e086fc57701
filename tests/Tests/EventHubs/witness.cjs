// What the official JavaScript client sends to a hub and reads from it.
// node witness.cjs MODULES CONNECTION_STRING send KEY BODY...
// node witness.cjs MODULES CONNECTION_STRING read COUNT
const [modules, connection, verb, ...rest] = process.argv.slice(2);
const { EventHubConsumerClient, EventHubProducerClient, earliestEventPosition } =
  require(require.resolve("@azure/event-hubs", { paths: [modules] }));

// This client looks for the port of an emulator in an option, not in the connection string.
const [, host, port] = /Endpoint=sb:\/\/([^:;]+):(\d+)/.exec(connection);
const portless = connection.replace(`${host}:${port}`, host);
const options = { customEndpointAddress: `sb://${host}:${port}` };

async function send(key, bodies) {
  const producer = new EventHubProducerClient(portless, options);
  const batch = await producer.createBatch({ partitionKey: key });
  for (const body of bodies) {
    if (!batch.tryAdd({ body: JSON.parse(body), messageId: "from-js" })) throw new Error("full");
  }
  await producer.sendBatch(batch);
  await producer.close();
}

async function read(count) {
  const consumer = new EventHubConsumerClient("$Default", portless, options);
  const partitions = await consumer.getPartitionIds();
  let left = count;
  await new Promise((resolve, reject) => {
    consumer.subscribe({
      processEvents: async (events, context) => {
        for (const event of events) {
          console.log(JSON.stringify({
            partition: context.partitionId,
            sequenceNumber: event.sequenceNumber,
            partitionKey: event.partitionKey,
            contentType: event.contentType,
            body: event.body,
          }));
          left--;
        }
        if (left <= 0) resolve();
      },
      processError: async (error) => reject(error),
    }, { startPosition: earliestEventPosition, maxWaitTimeInSeconds: 1 });
  });
  await consumer.close();
  console.log(JSON.stringify({ partitions }));
}

(verb === "send" ? send(rest[0], rest.slice(1)) : read(Number(rest[0])))
  .then(() => process.exit(0), (error) => {
    console.error(error);
    process.exit(1);
  });
