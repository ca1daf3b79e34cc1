package dev.lockstep.batch;

import java.util.List;

/**
 * The rest of one record's output, when it is too large to hold in memory. It is stored in the outbox, and is published
 * page by page, after the part that is in memory.
 */
public interface OutputPages {

    /** No further pages. */
    OutputPages NONE = new OutputPages() {
        @Override
        public int count() {
            return 0;
        }

        @Override
        public List<OutgoingRecord> read(int page) {
            throw new IllegalArgumentException("there is no page " + page);
        }
    };

    int count();

    /**
     * Blocks until the page is read.
     *
     * @param page from 1
     * @throws UnreadablePageException if it cannot be read now
     * @throws IllegalStateException if it no longer exists
     */
    List<OutgoingRecord> read(int page);
}
