package dev.lockstep.store;

import dev.lockstep.config.Settings;

/**
 * The limits beyond which the rest of a batch is left to the next one. A record that needs more by itself gets a batch of its
 * own, in which nothing but the size of pages is limited.
 *
 * @param maxReleases the most releases that are read because pipelines may change. Ten times as many may be read because they are
 *     on their way
 * @param maxReadBytes the most bytes of stored state that are read for one purpose: of applications, of the releases that
 *     commands name, of those that they depend on, and of those that new pipelines change. A new pipeline for more than this
 *     is applied page by page
 * @param maxOutputBytes the most bytes of output keys and values
 * @param pageSize how many releases a page has at most
 * @param pageBytes the bytes of stored releases with which a page is full; several are in memory: as read, changed, written and
 *     rendered
 */
record BatchLimits(int maxReleases, long maxReadBytes, long maxOutputBytes, int pageSize, long pageBytes) {

    private static final int PAGE = 250;

    static BatchLimits of(Settings.BatchConfig settings) {
        long bytes = settings.maxBytes();
        return new BatchLimits(settings.maxRecords(), Math.max(1, bytes / 2), bytes, PAGE, Math.max(1, bytes / 8));
    }
}
