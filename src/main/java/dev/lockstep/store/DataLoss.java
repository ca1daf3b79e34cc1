package dev.lockstep.store;

/**
 * One of the stores knows of work that the other does not: it has lost data (a fail-over, a restored backup, a topic that
 * was created again). Nothing may be applied or published before somebody has looked.
 */
public final class DataLoss extends RuntimeException {

    private DataLoss(String message) {
        super(message + ". See docs/operations.md");
    }

    static DataLoss ofPostgres(int partition, long committed, long applied) {
        return new DataLoss("partition " + partition + " of the commands topic is committed up to " + committed
                + ", but the database has it applied only up to " + applied + ": the database has lost data");
    }

    static DataLoss ofKafka(int partition, long end, long applied) {
        return new DataLoss("partition " + partition + " of the commands topic ends at " + end
                + ", but the database has it applied up to " + applied + ": the topic has lost records");
    }

    public static DataLoss ofTopic(int partition, long offset, long before) {
        return new DataLoss("offset " + offset + " of partition " + partition
                + " of the commands topic came although the group has read up to " + before
                + ": the topic was truncated, or created again");
    }
}
