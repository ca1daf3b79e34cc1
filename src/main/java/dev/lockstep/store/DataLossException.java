package dev.lockstep.store;

/**
 * Postgres or Kafka has lost data: one knows of work that the other does not (a fail-over, a restored backup, a topic that
 * was recreated). Nothing may be applied or published before somebody has looked into it.
 */
public final class DataLossException extends RuntimeException {

    private DataLossException(String message) {
        super(message + ". See docs/operations.md");
    }

    static DataLossException postgresBehind(int partition, long committed, long applied) {
        return new DataLossException("partition " + partition + " of the commands topic is committed up to " + committed
                + ", but the database has it applied only up to " + applied + ": the database has lost data");
    }

    static DataLossException kafkaBehind(int partition, long end, long applied) {
        return new DataLossException("partition " + partition + " of the commands topic ends at " + end
                + ", but the database has it applied up to " + applied + ": the topic has lost records");
    }

    public static DataLossException offsetsReset(int partition, long offset, long before) {
        return new DataLossException("offset " + offset + " of partition " + partition
                + " of the commands topic came although the group has read up to " + before
                + ": the topic was truncated or recreated");
    }
}
