package dev.lockstep.partition;

/**
 * Workers that use another database have committed offsets for this group: two installations share it, and each has seen only
 * part of the commands.
 */
public final class GroupConflictException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public GroupConflictException(String group, int partition) {
        super("consumer group " + group + " belongs to another database, according to its offset for partition "
                + partition + " of the commands topic. Stop one of the two installations. See docs/operations.md");
    }
}
