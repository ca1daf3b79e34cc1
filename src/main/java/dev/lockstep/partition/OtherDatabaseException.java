package dev.lockstep.partition;

/** Workers on another database have committed offsets of the group: two installations share it, and each knows half. */
public final class OtherDatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public OtherDatabaseException(String group, int partition) {
        super("consumer group " + group + " belongs to another database, according to its offset for partition "
                + partition + " of the commands topic. Stop one of the two installations. See docs/operations.md");
    }
}
