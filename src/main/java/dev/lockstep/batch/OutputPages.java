package dev.lockstep.batch;

import java.util.List;

/**
 * More of what one record puts out than is to be held at once. It lies in the outbox, and is to be published behind what is
 * at hand of it, page by page.
 */
public interface OutputPages {

    /** Nothing more. */
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
     * @throws RuntimeException when it cannot be read now, or is there no more
     */
    List<OutgoingRecord> read(int page);
}
